/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What happens to connections: which of it is an event, and what the event
 * tells. A probe set says only where in the kernel it listens.
 */
#ifndef TRACECAP_CONNECTION_H
#define TRACECAP_CONNECTION_H

#include "tracecap.bpf.h"

/* --- connect --- */

/*
 * The current task starts to connect: remember it, the connection will be
 * established in somebody else's interrupt.
 */
static __always_inline void begin_connect(const struct sock *sk, __u64 connection)
{
	struct attempt attempt = {};
	struct ends ends;
	long error;

	identify_current(&attempt.task);
	if (!wanted_task(&attempt.task) || !read_ends(&ends, sk, source_port(sk)))
		return;
	attempt.started = bpf_ktime_get_ns();
	error = bpf_map_update_elem(&attempts, &connection, &attempt, BPF_NOEXIST);
	if (error == -EEXIST) {
		/* The socket tried before, and the probe that sees how it failed was skipped. */
		count_missed();
		error = bpf_map_update_elem(&attempts, &connection, &attempt, BPF_ANY);
	}
	if (error)
		count_map_full();
}

/* Only one gets an attempt, even if a close and an establishment look for it at the same time. */
static __always_inline bool take_attempt(struct attempt *attempt, __u64 connection)
{
	const struct attempt *known = bpf_map_lookup_elem(&attempts, &connection);

	if (!known)
		return false;
	*attempt = *known;
	return !bpf_map_delete_elem(&attempts, &connection);
}

static __always_inline bool is_mptcp(const struct sock *sk)
{
	const struct tcp_sock *tcp = (const struct tcp_sock *)sk;

	return bpf_core_field_exists(tcp->is_mptcp) && READ(tcp, is_mptcp);
}

/* Nothing, if nobody began the connect while we looked. */
static __always_inline void emit_connect(__u8 type, const struct sock *sk, __u64 connection, __u16 error)
{
	struct attempt attempt;
	struct event *event;
	struct ends ends;

	if (!take_attempt(&attempt, connection))
		return;
	if (type == EVENT_CONNECT_FAILED && !options.failures)
		return;
	if (!read_ends(&ends, sk, source_port(sk)))
		return;
	if (is_mptcp(sk))
		ends.flags |= EVENT_MPTCP;
	event = reserve_event(type, connection, &ends, &attempt.task);
	if (!event)
		return;
	event->duration = event->timestamp - attempt.started;
	event->error = error;
	submit_event(event);
}

/* The connection is established. */
static __always_inline void end_connect(const struct sock *sk, __u64 connection)
{
	emit_connect(EVENT_CONNECT, sk, connection, 0);
}

/* It will not be. The socket has the reason, unless the program itself gave up. */
static __always_inline void fail_connect(const struct sock *sk, __u64 connection)
{
	emit_connect(EVENT_CONNECT_FAILED, sk, connection, READ(sk, sk_err));
}

/* --- accept --- */

/* An MPTCP connection shows its first subflow, as it does in tcptracer. */
static __always_inline const struct sock *shown_socket(const struct sock *sk)
{
	if (bpf_core_type_exists(struct mptcp_sock) && READ(sk, sk_protocol) == IPPROTO_MPTCP)
		return READ(TYPED(struct mptcp_sock, sk), first);
	return sk;
}

static __always_inline void emit_accept(const struct sock *sk, __u64 connection, __u8 flags)
{
	struct identity who;
	struct event *event;
	struct ends ends;

	if (!is_tcp(sk) || !read_ends(&ends, sk, bound_port(sk)) || !ends.peer_port)
		return;
	identify_current(&who);
	if (!wanted_task(&who))
		return;
	if (is_mptcp(sk))
		flags |= EVENT_MPTCP;
	ends.flags |= flags;
	event = reserve_event(EVENT_ACCEPT, connection, &ends, &who);
	if (!event)
		return;
	event->state = READ(sk, __sk_common.skc_state);
	submit_event(event);
}

/* --- close --- */

/* The last descriptor of the socket is going; the socket is as the program left it. */
static __always_inline void emit_close(const struct sock *sk, __u64 connection, __u8 flags)
{
	const struct tcp_sock *tcp = (const struct tcp_sock *)sk;
	__u8 state = READ(sk, __sk_common.skc_state);
	struct identity who;
	struct event *event;
	struct ends ends;

	if (state == BPF_TCP_SYN_SENT || state == BPF_TCP_SYN_RECV || state == BPF_TCP_NEW_SYN_RECV) {
		fail_connect(sk, connection);
		return;
	}
	if (state == BPF_TCP_CLOSE && !bpf_map_delete_elem(&attempts, &connection))
		count_missed(); /* a connect that failed unseen */
	if (!read_ends(&ends, sk, source_port(sk)) || !ends.peer_port)
		return;
	identify_current(&who);
	if (!wanted_task(&who))
		return;
	ends.flags |= flags;
	event = reserve_event(EVENT_CLOSE, connection, &ends, &who);
	if (!event)
		return;
	event->state = state;
	event->bytes_sent = READ(tcp, bytes_sent);
	event->bytes_acked = READ(tcp, bytes_acked);
	event->bytes_received = READ(tcp, bytes_received);
	event->segments_sent = READ(tcp, segs_out);
	event->segments_received = READ(tcp, segs_in);
	event->retransmits = READ(tcp, total_retrans);
	event->smoothed_rtt = READ(tcp, srtt_us) >> 3; /* the kernel keeps it in eighths */
	submit_event(event);
}

/*
 * The same of an MPTCP socket. It closes its subflows by itself, later, and not
 * by tcp_close(): that is why tcptracer does not see them.
 */
static __always_inline void emit_mptcp_close(struct bpf_sock *ctx)
{
	const struct sock *sk = shown_socket((const struct sock *)TYPED(struct tcp_sock, ctx));

	if (sk)
		emit_close((const struct sock *)TYPED(struct tcp_sock, sk), connection_of(sk), EVENT_MPTCP);
}

#endif
