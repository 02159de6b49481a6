/*
 * Capabilities belong to threads, and no call takes them from all threads of a process, as setuid of glibc does with the
 * user. So each thread is sent a signal and gives up its own in the handler. This is native code because the signal may
 * come while the thread runs managed code, where no managed handler may run.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "native.h"

static volatile unsigned long long kept;

/* Each step that is not allowed or not known to the kernel changes nothing; the caller looks what became of it. */
static void relinquish(int signal)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
	int error = errno;
	int i;

	(void)signal;
	for (i = 0; i < 64; i++)
		prctl(PR_CAPBSET_DROP, i, 0, 0, 0);
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	if (!syscall(SYS_capget, &header, data)) {
		for (i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
			data[i].permitted &= (unsigned int)(kept >> (32 * i));
			data[i].effective = data[i].permitted;
			data[i].inheritable = 0;
		}
		syscall(SYS_capset, &header, data);
	}
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	errno = error;
}

void tracecap_relinquish_here(unsigned long long keep)
{
	kept = keep;
	relinquish(0);
}

int tracecap_relinquish(int thread, unsigned long long keep)
{
	struct sigaction action = { .sa_handler = relinquish, .sa_flags = SA_RESTART };

	sigfillset(&action.sa_mask);
	kept = keep;
	if (sigaction(SIGRTMAX, &action, NULL))
		return -1;
	return (int)syscall(SYS_tgkill, getpid(), thread, SIGRTMAX);
}
