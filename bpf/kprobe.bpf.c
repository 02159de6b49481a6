// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The kprobe probe set, for kernels with kprobes and without BPF trampolines.
 *
 *   accept                              kprobe/security_sock_graft
 *   close of the kernel's own sockets   kprobe/tcp_close
 *   the rest                            as in every set, sockets.bpf.h
 *
 * Not kretprobe/inet_csk_accept: a kretprobe has room for ten tasks, or two
 * per CPU, in the function at the same time, and accept waits in it. When more
 * wait, as the workers of a server do, the kernel skips their returns, and
 * before 6.7 it tells nobody. security_sock_graft() is called for each socket
 * that an accept is about to return, and returns at once.
 */
#include "sockets.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

static __always_inline const struct sock *first_argument(const struct pt_regs *ctx)
{
#if defined(__TARGET_ARCH_x86)
	return TYPED(struct sock, ctx->di);
#elif defined(__TARGET_ARCH_arm64)
	return TYPED(struct sock, ctx->regs[0]);
#endif
}

SEC("kprobe/security_sock_graft")
int security_sock_graft(struct pt_regs *ctx)
{
	const struct sock *sk = shown_socket(first_argument(ctx));

	if (sk)
		emit_accept((const struct sock *)TYPED(struct tcp_sock, sk), connection_of(sk), 0);
	return 0;
}

SEC("kprobe/tcp_close")
int tcp_close(struct pt_regs *ctx)
{
	emit_kernel_close((const struct sock *)TYPED(struct tcp_sock, first_argument(ctx)));
	return 0;
}
