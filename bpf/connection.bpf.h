/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What happens to connections: which of it is an event, and what the event
 * says. A probe set says only where in the kernel it listens.
 */
#ifndef TRACECAP_CONNECTION_H
#define TRACECAP_CONNECTION_H

#include "filter.bpf.h"

/* --- connect --- */

struct attempt {
	struct identity task;
	__u64 started; /* 0 if it began before the recording */
};

/*
 * Connects under way, by connection. Inserted when the SYN is about to leave,
 * which is the last moment in the context of the connecting task; removed when
 * the connection is established or given up. The recorder adds those that it
 * finds under way. Not an LRU map: that would evict, and lose a connect,
 * without a word. And by connection, not by the socket's address: addresses are
 * used again, so that an entry left behind could blame a task for a connection
 * that is not its own.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__type(key, __u64);
	__type(value, struct attempt);
} attempts SEC(".maps");

/*
 * Sockets whose connect failed, until they are closed. Which is an LRU map: who
 * holds more of them than it has room for only loses the mark of their closes.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, __u64);
	__type(value, __u8);
} failed_connects SEC(".maps");

/*
 * The current task starts to connect: remember it, the connection will be
 * established in an interrupt of whatever runs then.
 */
static __always_inline void begin_connect(const struct sock *sk, __u64 connection)
{
	struct attempt attempt = {};
	struct ends ends;
	long error;

	if (judges_openings())
		bpf_map_delete_elem(&kept, &connection); /* of what the socket was before a disconnect */
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

static __always_inline void emit_attempt(__u8 type, const struct sock *sk, __u64 connection, const struct attempt *attempt,
					 __u16 error)
{
	struct event *event;
	struct ends ends;

	if (!read_ends(&ends, sk, source_port(sk)))
		return;
	if (is_mptcp(sk))
		ends.flags |= EVENT_MPTCP;
	event = reserve_event(type, connection, &ends, &attempt->task);
	if (!event)
		return;
	if (attempt->started)
		event->duration = event->timestamp - attempt->started;
	else
		event->state = BPF_TCP_SYN_SENT; /* as it was when recording began */
	event->error = error;
	submit_event(event);
}

/* The connection is established. Nothing, if the connect was not wanted. */
static __always_inline void end_connect(const struct sock *sk, __u64 connection, bool active)
{
	struct attempt attempt = {};

	/* While the recorder looks for what is under way already, it may be one of those: it knows by which task. */
	if (!take_attempt(&attempt, connection) && !(active && phase == PHASE_SETTLING))
		return;
	if (phase == PHASE_OFF)
		return;
	keep(connection);
	emit_attempt(EVENT_CONNECT, sk, connection, &attempt, 0);
}

/* It will not be. The socket has the reason, unless the program itself gave up. */
static __always_inline void fail_connect(const struct sock *sk, __u64 connection, bool closing)
{
	struct attempt attempt;
	const __u8 yes = 1;
	__u16 error;

	if (!take_attempt(&attempt, connection))
		return;
	if (!closing)
		bpf_map_update_elem(&failed_connects, &connection, &yes, BPF_ANY);
	if (!options.beyond)
		return;
	error = READ(sk, sk_err);
	if (!error)
		error = READ(sk, sk_err_soft); /* what an ICMP message said while the program was in a call */
	emit_attempt(EVENT_CONNECT_FAILED, sk, connection, &attempt, error);
}

static __always_inline void add_counters(struct event *event, const struct sock *sk)
{
	const struct tcp_sock *tcp = (const struct tcp_sock *)sk;

	event->bytes_sent = READ(tcp, bytes_sent);
	event->bytes_acked = READ(tcp, bytes_acked);
	event->bytes_received = READ(tcp, bytes_received);
	event->segments_sent = READ(tcp, segs_out);
	event->segments_received = READ(tcp, segs_in);
	event->retransmits = READ(tcp, total_retrans);
	event->smoothed_rtt = READ(tcp, srtt_us) >> 3; /* the kernel keeps it in eighths */
}

/* How TCP has finished with a connection. */
static __always_inline void emit_end(const struct sock *sk, __u64 connection, struct ends *ends, int state)
{
	struct identity nobody = {};
	struct event *event;

	if (READ(sk, __sk_common.skc_flags) & 1 << SOCK_DONE)
		ends->flags |= EVENT_FIN_RECEIVED;
	if (is_mptcp(sk))
		ends->flags |= EVENT_MPTCP;
	event = reserve_event(EVENT_ENDED, connection, ends, &nobody);
	if (!event)
		return;
	event->state = state;
	event->error = READ(sk, sk_err);
	add_counters(event, sk);
	submit_event(event);
}

/* --- accept --- */

/* An MPTCP connection shows its first subflow, as it does in tcptracer. */
static __always_inline const struct sock *shown_socket(const struct sock *sk)
{
	if (bpf_core_type_exists(struct mptcp_sock) && READ(sk, sk_protocol) == IPPROTO_MPTCP)
		return READ(TYPED(struct mptcp_sock, sk), first);
	return sk;
}

#ifdef TRACEPOINTS_ONLY

/*
 * With a filter on tasks, closes of what was never seen to open. An accept is
 * seen when it returns, and by then another thread may be closing the socket:
 * one of the two finds the other here, and there is both or neither.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u64);
	__type(value, __u8);
} unseen_closes SEC(".maps");

static __always_inline bool is_kept_by_now(__u64 connection)
{
	const __u8 yes = 1;

	bpf_map_update_elem(&unseen_closes, &connection, &yes, BPF_ANY);
	return bpf_map_lookup_elem(&kept, &connection) && !bpf_map_delete_elem(&unseen_closes, &connection);
}

static __always_inline bool was_closed_unseen(__u64 connection)
{
	if (!judges_openings() || bpf_map_delete_elem(&unseen_closes, &connection))
		return false;
	bpf_map_delete_elem(&kept, &connection);
	count_missed_opening();
	return true;
}

#else

static __always_inline bool is_kept_by_now(__u64 connection)
{
	return false;
}

static __always_inline bool was_closed_unseen(__u64 connection)
{
	return false;
}

#endif

/*
 * With a filter on tasks, nobody knew whose a connection would be when a reset
 * ended it in the accept queue. Now somebody accepts it, and the socket is as
 * it was then: our side had not shut it down, the peer may have.
 */
static __always_inline void emit_end_in_queue(const struct sock *sk, __u64 connection, const struct ends *accepted)
{
	struct ends ends = *accepted;

	if (!options.beyond || !judges_openings())
		return;
	ends.flags |= EVENT_NOT_ACCEPTED;
	emit_end(sk, connection, &ends, READ(sk, __sk_common.skc_flags) & 1 << SOCK_DONE ? BPF_TCP_CLOSE_WAIT : BPF_TCP_ESTABLISHED);
}

/* The current task accepts, or, if it is not to be blamed, nobody knows who. */
static __always_inline void emit_accept_by(const struct identity *who, const struct sock *sk, __u64 connection, __u8 flags)
{
	const struct tcp_sock *tcp = (const struct tcp_sock *)sk;
	__u16 port = bound_port(sk);
	struct event *event;
	struct ends ends;
	__u64 established;

	if (!port) {
		port = source_port(sk);
		flags |= EVENT_RESET_BEFORE_ACCEPT;
	}
	if (!read_ends(&ends, sk, port) || !ends.peer_port || phase == PHASE_OFF)
		return;
	keep(connection);
	if (was_closed_unseen(connection))
		return;
	if (flags & EVENT_RESET_BEFORE_ACCEPT)
		emit_end_in_queue(sk, connection, &ends);
	if (is_mptcp(sk))
		flags |= EVENT_MPTCP;
	ends.flags |= flags;
	event = reserve_event(EVENT_ACCEPT, connection, &ends, who);
	if (!event)
		return;
	event->state = READ(sk, __sk_common.skc_state);
	established = READ(tcp, rcvq_space.time) * 1000;
	if (established && established < event->timestamp)
		event->duration = event->timestamp - established;
	submit_event(event);
}

static __always_inline void emit_accept(const struct sock *sk, __u64 connection, __u8 flags)
{
	struct identity who;

	if (!is_tcp(sk))
		return;
	identify_current(&who);
	if (wanted_task(&who))
		emit_accept_by(&who, sk, connection, flags);
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

	if (state == BPF_TCP_LISTEN)
		return;
	if (state == BPF_TCP_SYN_SENT || state == BPF_TCP_SYN_RECV || state == BPF_TCP_NEW_SYN_RECV) {
		fail_connect(sk, connection, true);
		return;
	}
	if (state == BPF_TCP_CLOSE) {
		if (!bpf_map_delete_elem(&attempts, &connection))
			count_missed(); /* a connect that failed unseen */
		/* It may have been established later: then its SYN counts as acknowledged. */
		if (!READ(tcp, bytes_acked) && !bpf_map_delete_elem(&failed_connects, &connection))
			flags |= EVENT_CONNECT_FAILED_BEFORE;
	}
	if (!read_ends(&ends, sk, source_port(sk)) || !ends.peer_port)
		return;
	if (!(flags & EVENT_CONNECT_FAILED_BEFORE) && !is_kept(connection) && !is_kept_by_now(connection))
		return;
	identify_current(&who);
	if (options.each_event && !wanted_task(&who))
		return;
	ends.flags |= flags;
	event = reserve_event(EVENT_CLOSE, connection, &ends, &who);
	if (!event)
		return;
	event->state = state;
	add_counters(event, sk);
	submit_event(event);
}

/*
 * The same of an MPTCP socket. It closes its subflows by itself, later, and not
 * by tcp_close(): that is why tcptracer does not see them.
 */
static __always_inline void emit_mptcp_close(const struct sock *mptcp)
{
	const struct sock *sk = shown_socket(mptcp);

	if (sk)
		emit_close((const struct sock *)TYPED(struct tcp_sock, sk), connection_of(sk), EVENT_MPTCP);
}

/* tcp_close() is called for all sockets; of those of programs the cgroup's hook has said so already, which the kernel never skips. */
static __always_inline void emit_kernel_close(const struct sock *sk)
{
	if (is_tcp(sk) && is_of_kernel(sk))
		emit_close(sk, connection_of(sk), 0);
}

/* --- end --- */

static __always_inline bool was_established(int state)
{
	return state == BPF_TCP_ESTABLISHED || state == BPF_TCP_FIN_WAIT1 || state == BPF_TCP_FIN_WAIT2 ||
	       state == BPF_TCP_CLOSE_WAIT || state == BPF_TCP_LAST_ACK || state == BPF_TCP_CLOSING;
}

/*
 * TCP has finished with a connection: the socket's state becomes CLOSE, also
 * where a smaller one takes its place in TIME_WAIT. What nobody knows by an id
 * was closed before the recording.
 */
static __always_inline void emit_ended(const struct sock *sk, __u64 connection, int state)
{
	struct ends ends;

	if (!options.beyond || !connection || !read_ends(&ends, sk, source_port(sk)) || !ends.peer_port)
		return;
	if (options.by_task && (options.each_event || !is_kept(connection)))
		return;
	if (!(READ(sk, __sk_common.skc_flags) & 1 << SOCK_DEAD) && !READ(sk, sk_socket))
		ends.flags |= EVENT_NOT_ACCEPTED;
	emit_end(sk, connection, &ends, state);
}

#endif
