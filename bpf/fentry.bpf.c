// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The fentry probe set: programs that the kernel calls directly from its own
 * functions, for kernels with BPF trampolines.
 *
 *   accept                              fentry/security_sock_graft
 *   close of the kernel's own sockets   fentry/tcp_close
 *   the rest                            as in every set, sockets.bpf.h
 *
 * Not fexit/inet_csk_accept: a call that waits in it when the program is
 * attached returns without it, and a server waits there most of the time.
 * security_sock_graft() is called for each socket that an accept is about to
 * return.
 */
#include "sockets.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

SEC("fentry/security_sock_graft")
int security_sock_graft(const __u64 *ctx)
{
	const struct sock *sk = shown_socket(TYPED(struct sock, ctx[0]));

	if (sk)
		emit_accept((const struct sock *)TYPED(struct tcp_sock, sk), connection_of(sk), 0);
	return 0;
}

SEC("fentry/tcp_close")
int tcp_close(const __u64 *ctx)
{
	emit_kernel_close((const struct sock *)TYPED(struct tcp_sock, ctx[0]));
	return 0;
}
