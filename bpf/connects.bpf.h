/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The programs that see connects, the same in every set.
 *
 * The two ends of a connect are taken on the cgroup's hook and not from
 * inet_sock_set_state, because the kernel skips a tracing program that
 * interrupts itself: an interrupt that establishes a connection while the
 * program runs for another socket would lose it. Programs on cgroup hooks are
 * never skipped. They also give every connection its id, before programs that
 * can only read it see the socket: bpf_get_socket_cookie() makes the cookie.
 */
#ifndef TRACECAP_CONNECTS_H
#define TRACECAP_CONNECTS_H

#include "connection.bpf.h"

SEC("sockops")
int sock_ops(struct bpf_sock_ops *ctx)
{
	struct bpf_sock *bpf_sock = ctx->sk;
	const struct sock *sk;
	__u64 connection;
	bool has_cookie;

	switch (ctx->op) {
	case BPF_SOCK_OPS_TCP_CONNECT_CB:
	case BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB:
	case BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB: /* also of a connect: to itself, or at the same time as its peer */
		break;
	default:
		return 1;
	}
	if (!bpf_sock)
		return 1;
	sk = (const struct sock *)bpf_skc_to_tcp_sock(bpf_sock);
	if (!sk)
		return 1;
	has_cookie = connection_of(sk);
	connection = bpf_get_socket_cookie(ctx);
	if (ctx->op == BPF_SOCK_OPS_TCP_CONNECT_CB)
		begin_connect(sk, connection);
	else if (has_cookie) /* else nobody began to connect it */
		end_connect(sk, connection);
	return 1;
}

/*
 * The connects that come to nothing, except those that the program itself ends
 * by a close. If it is skipped, the close or the next connect of the socket
 * finds that out, and counts it.
 */
SEC("raw_tp/inet_sock_set_state")
int inet_sock_set_state(struct bpf_raw_tracepoint_args *ctx)
{
	int old_state = ctx->args[1], new_state = ctx->args[2];
	const struct sock *sk;

	if (old_state != BPF_TCP_SYN_SENT && old_state != BPF_TCP_SYN_RECV)
		return 0;
	if (new_state == BPF_TCP_SYN_RECV || new_state == BPF_TCP_ESTABLISHED)
		return 0;
	sk = (const struct sock *)TYPED(struct tcp_sock, ctx->args[0]);
	fail_connect(sk, connection_of(sk));
	return 0;
}

#endif
