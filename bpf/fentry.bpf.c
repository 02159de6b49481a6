// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The fentry probe set: programs that the kernel calls directly from its own
 * functions, for kernels with BPF trampolines.
 *
 *   connect  sockops and raw_tp/inet_sock_set_state, as in every set
 *   accept   fexit/inet_csk_accept
 *   close    fentry/tcp_close; cgroup/sock_release for MPTCP
 */
#include "connects.bpf.h"

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

SEC("fentry/tcp_close")
int tcp_close(const __u64 *ctx)
{
	struct sock *sk = (struct sock *)ctx[0];

	emit_close((const struct sock *)TYPED(struct tcp_sock, sk), bpf_get_socket_cookie(sk), 0);
	return 0;
}

SEC("cgroup/sock_release")
int sock_release(struct bpf_sock *ctx)
{
	if (ctx->protocol == IPPROTO_MPTCP)
		emit_mptcp_close(ctx);
	return 1;
}
