// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The fentry probe set: programs that the kernel calls directly from its own
 * functions, for kernels with BPF trampolines.
 *
 *   accept                              fexit/inet_csk_accept
 *   close of the kernel's own sockets   fentry/sock_release
 *   the rest                            as in every set, sockets.bpf.h
 */
#include "sockets.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/*
 * What the function returned follows its arguments: (sk, flags, err, kern)
 * before 6.10, (sk, arg) since (commit 92ef0fd55ac8).
 */
static __always_inline struct sock *accepted_socket(const __u64 *ctx)
{
	struct sock *sk;

	if (bpf_core_type_exists(struct proto_accept_arg)) {
		sk = (struct sock *)ctx[2];
		barrier_var(sk); /* one load from either of two places would be refused */
	} else {
		sk = (struct sock *)ctx[4];
	}
	return sk;
}

SEC("fexit/inet_csk_accept")
int inet_csk_accept(const __u64 *ctx)
{
	struct sock *sk = accepted_socket(ctx);

	if (sk)
		emit_accept((const struct sock *)TYPED(struct tcp_sock, sk), bpf_get_socket_cookie(sk), 0);
	return 0;
}

/* Only the kernel itself calls it: what a program closes goes another way. */
SEC("fentry/sock_release")
int kernel_sock_release(const __u64 *ctx)
{
	emit_kernel_close(TYPED(struct socket, ctx[0]));
	return 0;
}
