/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The programs that see connects, closes and ends, the same in every set.
 *
 * Wherever there is a cgroup's hook, that is where they sit: the kernel skips a
 * tracing program that interrupts or preempts itself, and then what happened
 * for the other socket would be lost. Programs on cgroup hooks are never
 * skipped. They also give every connection its id, before programs that can
 * only read it see the socket: bpf_get_socket_cookie() makes the cookie.
 */
#ifndef TRACECAP_SOCKETS_H
#define TRACECAP_SOCKETS_H

#include "connection.bpf.h"

/* Has the kernel call sock_ops when the socket's state changes. */
static __always_inline void follow_states(struct bpf_sock_ops *ctx)
{
	if (options.beyond)
		bpf_sock_ops_cb_flags_set(ctx, ctx->bpf_sock_ops_cb_flags | BPF_SOCK_OPS_STATE_CB_FLAG);
}

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
	case BPF_SOCK_OPS_STATE_CB:
		if (ctx->args[1] == BPF_TCP_CLOSE && was_established(ctx->args[0]))
			break;
		return 1;
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
	switch (ctx->op) {
	case BPF_SOCK_OPS_TCP_CONNECT_CB:
		begin_connect(sk, connection);
		break;
	case BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB:
		end_connect(sk, connection, true);
		follow_states(ctx);
		break;
	case BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB:
		if (has_cookie) /* else nobody began to connect it */
			end_connect(sk, connection, false);
		follow_states(ctx);
#ifdef TRACEPOINTS_ONLY
		see_kernel_accept(sk, connection);
#endif
		break;
	default:
		emit_ended(sk, connection, ctx->args[0]);
	}
	return 1;
}

/*
 * The connects that come to nothing, except those that the program itself ends
 * by a close; and the end of connections that were there before the probes. If
 * it is skipped, the close or the next connect of the socket finds out that a
 * failed one is missing, and counts it.
 */
SEC("raw_tp/inet_sock_set_state")
int inet_sock_set_state(struct bpf_raw_tracepoint_args *ctx)
{
	int old_state = ctx->args[1], new_state = ctx->args[2];
	const struct tcp_sock *tcp = TYPED(struct tcp_sock, ctx->args[0]);
	const struct sock *sk = (const struct sock *)tcp;

#ifdef TRACEPOINTS_ONLY
	see_kernel_close(sk, old_state, new_state);
#endif
	if (new_state == BPF_TCP_CLOSE && was_established(old_state)) {
		if (!(READ(tcp, bpf_sock_ops_cb_flags) & BPF_SOCK_OPS_STATE_CB_FLAG))
			emit_ended(sk, connection_of(sk), old_state);
		return 0;
	}
	if (old_state != BPF_TCP_SYN_SENT && old_state != BPF_TCP_SYN_RECV)
		return 0;
	if (new_state == BPF_TCP_SYN_RECV || new_state == BPF_TCP_ESTABLISHED)
		return 0;
	fail_connect(sk, connection_of(sk), false);
	return 0;
}

/*
 * Runs when the last descriptor goes, in the task that lets it go. Its context
 * is the socket itself.
 */
SEC("cgroup/sock_release")
int sock_release(struct bpf_sock *ctx)
{
	const struct sock *sk = (const struct sock *)TYPED(struct tcp_sock, ctx);

	if (ctx->protocol == IPPROTO_TCP) {
#ifdef TRACEPOINTS_ONLY
		count_kernel_accept(sk);
#endif
		emit_close(sk, bpf_get_socket_cookie(ctx), 0);
	} else if (ctx->protocol == IPPROTO_MPTCP) {
		emit_mptcp_close(sk);
	}
	return 1;
}

/* With a filter on tasks: the socket is no more, and its id will not be used again. */
SEC("raw_tp/tcp_destroy_sock")
int tcp_destroy_sock(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 connection = connection_of((const struct sock *)TYPED(struct tcp_sock, ctx->args[0]));

	bpf_map_delete_elem(&kept, &connection);
	return 0;
}

#endif
