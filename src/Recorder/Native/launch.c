/*
 * Starts a command that is recorded: a child that waits until the recorder is ready, and then becomes the command. What
 * the .NET runtime has changed for itself (signals, limits) the child has as it was when the recorder was started.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "native.h"

extern char **environ;

/* How the process was started. */
static sigset_t blocked_before;
static sigset_t ignored_before;
static struct rlimit files_before;

/*
 * Runs before the runtime begins in the executable, and after that in the library. There the runtime has raised the limit
 * of open files and ignores SIGPIPE already, which nobody can tell from who started the process; that it handles SIGSEGV
 * gives it away.
 */
__attribute__((constructor)) static void remember(void)
{
	struct sigaction action;
	int signal;

	sigemptyset(&ignored_before);
	for (signal = 1; signal <= SIGRTMAX; signal++)
		if (!sigaction(signal, NULL, &action) && action.sa_handler == SIG_IGN)
			sigaddset(&ignored_before, signal);
	if (!sigaction(SIGSEGV, NULL, &action) && action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN)
		sigdelset(&ignored_before, SIGPIPE);
	pthread_sigmask(SIG_SETMASK, NULL, &blocked_before);
	getrlimit(RLIMIT_NOFILE, &files_before);
}

/* Whether the file is a program that may be run: 0, or why not. */
static int try_program(const char *path)
{
	struct stat status;

	if (stat(path, &status))
		return errno;
	if (S_ISDIR(status.st_mode))
		return EISDIR;
	return S_ISREG(status.st_mode) ? access(path, X_OK) ? errno : 0 : EACCES;
}

/* Looks for a program as execvp does, as the user that the process is by now. */
static int find_program(const char *name, const char *folders, char *path)
{
	size_t length = strlen(name), part;
	int error, found = ENOENT;

	if (!length)
		return ENOENT;
	if (strchr(name, '/')) {
		if (length >= PATH_MAX)
			return ENAMETOOLONG;
		memcpy(path, name, length + 1);
		return try_program(path);
	}
	for (;; folders += part + 1) {
		part = strcspn(folders, ":");
		if (part + length + 2 <= PATH_MAX) {
			memcpy(path, folders, part);
			if (part)
				path[part] = '/';
			memcpy(path + part + !!part, name, length + 1);
			error = try_program(path);
			if (!error)
				return 0;
			if (error == EACCES)
				found = EACCES;
		}
		if (!folders[part])
			return found;
	}
}

/* The first signal comes before any other code of the child: no handler of the recorder may run in it. */
static void restore_signals(void)
{
	struct sigaction action;
	int signal;

	for (signal = 1; signal <= SIGRTMAX; signal++) {
		memset(&action, 0, sizeof(action));
		action.sa_handler = sigismember(&ignored_before, signal) == 1 ? SIG_IGN : SIG_DFL;
		sigaction(signal, &action, NULL);
	}
	pthread_sigmask(SIG_SETMASK, &blocked_before, NULL);
}

static void report(int descriptor, enum tracecap_step step, int error)
{
	struct tracecap_report report = { .step = step, .error = error };
	ssize_t written = write(descriptor, &report, sizeof(report));

	(void)written;
	if (error)
		_exit(127);
}

static _Noreturn void become(const struct tracecap_launch *launch, char **arguments, char **by_shell, char **environment,
			     gid_t *groups, int group_count, int go, int told)
{
	const char *folders = "/bin:/usr/bin";
	char path[PATH_MAX];
	char **entry;
	char byte;
	int i;

	for (i = 0; i < 3; i++)
		if (launch->closed & (1 << i))
			close(i);
	if (launch->procs >= 0 && write(launch->procs, "0", 1) != 1)
		report(told, TRACECAP_JOIN, errno);
	setrlimit(RLIMIT_NOFILE, &files_before);
	if (group_count >= 0 && setgroups(group_count, groups))
		report(told, TRACECAP_USER, errno);
	if (setresgid(launch->gid, launch->gid, launch->gid) || setresuid(launch->uid, launch->uid, launch->uid))
		report(told, TRACECAP_USER, errno);
	restore_signals();
	for (entry = environment; *entry; entry++)
		if (!strncmp(*entry, "PATH=", 5))
			folders = *entry + 5;
	report(told, TRACECAP_FIND, find_program(arguments[0], folders, path));
	if (read(go, &byte, 1) != 1)
		_exit(127);
	execve(path, arguments, environment);
	if (errno == ENOEXEC) {
		/* A script without a first line that says what it is for. */
		by_shell[1] = path;
		execve("/bin/sh", by_shell, environment);
	}
	report(told, TRACECAP_EXECUTE, errno);
	_exit(127);
}

/* Texts one after another, each with a NUL at its end, into an array; what it returns is one allocation. */
static char **array_of(const char *texts, int count, int room)
{
	char **array = calloc(count + room + 1, sizeof(*array));
	int i;

	for (i = 0; array && i < count; i++, texts += strlen(texts) + 1)
		array[room + i] = (char *)texts;
	return array;
}

/* The environment of this process, in which some variables have other values. */
static char **environment_with(const char *variables, int count)
{
	int size = 0, used = 0, i, j;
	char **changed = array_of(variables, count, 0), **environment;

	while (environ[size])
		size++;
	environment = calloc(size + count + 1, sizeof(*environment));
	for (i = 0; changed && environment && i < size; i++) {
		for (j = 0; j < count && strncmp(environ[i], changed[j], strcspn(changed[j], "=") + 1); j++)
			;
		if (j == count)
			environment[used++] = environ[i];
	}
	for (i = 0; changed && environment && i < count; i++)
		environment[used++] = changed[i];
	free(changed);
	return environment;
}

int tracecap_launch(const struct tracecap_launch *launch, struct tracecap_child *child)
{
	char **arguments = array_of(launch->arguments, launch->argument_count, 0);
	char **by_shell = array_of(launch->arguments, launch->argument_count, 1);
	char **environment = environment_with(launch->variables, launch->variable_count);
	int go[2] = { -1, -1 }, told[2] = { -1, -1 }, group_count = -1, error = ENOMEM;
	gid_t *groups = NULL;
	sigset_t all, before;

	if (launch->user) {
		group_count = NGROUPS_MAX;
		groups = calloc(group_count, sizeof(*groups));
		if (groups && getgrouplist(launch->user, launch->gid, groups, &group_count) < 0)
			group_count = NGROUPS_MAX;
	}
	if (!arguments || !by_shell || !environment || (launch->user && !groups))
		goto out;
	by_shell[0] = "/bin/sh";
	error = pipe2(go, O_CLOEXEC) || pipe2(told, O_CLOEXEC) ? errno : 0;
	if (error)
		goto out;
	/* Else the kernel would take the child away before anybody has asked how it ended. */
	if (sigismember(&ignored_before, SIGCHLD) == 1)
		signal(SIGCHLD, SIG_DFL);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	child->pid = fork();
	if (!child->pid) {
		close(go[1]);
		close(told[0]);
		become(launch, arguments, by_shell, environment, groups, group_count, go[0], told[1]);
	}
	error = child->pid < 0 ? errno : 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	child->handle = error ? -1 : (int)syscall(SYS_pidfd_open, child->pid, 0);
	child->go = go[1];
	child->told = told[0];
	close(go[0]);
	close(told[1]);
	go[1] = told[0] = go[0] = told[1] = -1;
out:
	free(arguments);
	free(by_shell);
	free(environment);
	free(groups);
	if (go[0] >= 0) {
		close(go[0]);
		close(go[1]);
	}
	errno = error;
	return error ? -1 : 0;
}

int tracecap_exit_code(int pid)
{
	siginfo_t info = { .si_pid = 0 };

	if (waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT) || !info.si_pid)
		return -1;
	return info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
}
