/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What every set of probes shares: the options, the maps, and the way from a
 * socket and a task to an event in the ring buffer.
 */
#ifndef TRACECAP_BPF_H
#define TRACECAP_BPF_H

#include <linux/bpf.h>
#include "kernel.h"
#include "event.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>
#include "read.h"

/* --- options: byte for byte ProbeOptions.Native of the recorder, set before loading --- */

struct options {
	__u64 cgroup;        /* id of the cgroup whose tasks pass, and those of the ones below it; 0: all */
	__u32 wake_bytes;    /* wake the recorder when the ring holds so much */
	__u32 pid;           /* filters: 0 lets everything pass */
	__u32 uid;
	__u32 netns;
	__u16 cgroup_level;  /* how deep that cgroup lies, the root being 0 */
	__u8 by_uid;         /* user 0 is a user */
	__u8 by_cgroup;
	__u8 by_mntns;
	__u8 ip_version;     /* 4, 6 or 0 */
	__u8 io_uring_cqe;   /* io_uring_complete passes the completion, not its fields */
	__u8 failures;       /* tell of connects that failed */
};

/* A section of its own: the recorder finds it without knowing what else is constant. */
const volatile struct options options SEC(".rodata.options");

/* --- maps --- */

/* The probes insert, the recorder takes. Its size is set by the recorder. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} events SEC(".maps");

/*
 * One entry per possible CPU. The probes add, the recorder reads its mapping.
 * An array and not a per-CPU one, because only that can be mapped; the entries
 * are cache lines. Additions are atomic: programs on cgroup hooks can be
 * preempted, and interrupts have probes too.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct ledger);
} ledgers SEC(".maps");

/* Who did it. */
struct identity {
	__u64 cgroup;
	__u32 pid;
	__u32 tid;
	__u32 uid;
	__u32 mntns;
	char comm[16];
};

struct attempt {
	struct identity task;
	__u64 started;
};

/*
 * Connects under way, by connection. Inserted when the SYN is about to leave,
 * which is the last moment in the context of the connecting task; removed when
 * the connection is established or given up. Not an LRU map: that would
 * evict, and lose a connect, without telling. And by connection, not by the
 * socket's address: addresses are used again, so that an entry left behind
 * could blame a task for somebody else's connection.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__type(key, __u64);
	__type(value, struct attempt);
} attempts SEC(".maps");

/* The user's pinned maps take the place of these two: cgroup ids, and inode numbers of mount namespaces. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u64);
	__type(value, __u64);
} cgroup_set SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u64);
	__type(value, __u64);
} mntns_set SEC(".maps");

/* --- who --- */

/* Read from the task itself: not every kind of program may call the helpers for these. */
static __always_inline void identify_current(struct identity *who)
{
	struct task_struct *task = TYPED(struct task_struct, bpf_get_current_task());

	who->cgroup = READ(task, cgroups, dfl_cgrp, kn, id);
	who->pid = READ(task, tgid);
	who->tid = READ(task, pid);
	who->uid = READ(task, cred, uid.val);
	who->mntns = READ(task, nsproxy, mnt_ns, ns.inum); /* an exiting task has let go of it */
	bpf_core_read(who->comm, sizeof(who->comm), &task->comm);
}

/*
 * Whether the current task is in the cgroup that was asked for, or below it: a
 * cgroup knows the one above it on each level. Not the helper for that, which
 * not every kind of program may call.
 */
static __always_inline bool in_wanted_cgroup(void)
{
	struct task_struct *task = TYPED(struct task_struct, bpf_get_current_task());
	struct cgroup *cgroup = READ(task, cgroups, dfl_cgrp);
	struct cgroup *ancestor = NULL;
	__u64 ancestors, id = 0;

	if (READ(cgroup, level) < options.cgroup_level)
		return false;
	ancestors = (__u64)cgroup + options.cgroup_level * sizeof(__u64);
	if (bpf_core_field_exists(cgroup->ancestors)) {
		ancestors += bpf_core_field_offset(struct cgroup, ancestors);
		bpf_probe_read_kernel(&ancestor, sizeof(ancestor), (const void *)ancestors);
		id = READ(TYPED(struct cgroup, ancestor), kn, id);
	} else {
		ancestors += bpf_core_field_offset(struct cgroup___before_6_1, ancestor_ids);
		bpf_probe_read_kernel(&id, sizeof(id), (const void *)ancestors);
	}
	return id == options.cgroup;
}

/* Whether the current task, whose identity it is, passes the filters. */
static __always_inline bool wanted_task(const struct identity *who)
{
	__u64 mntns = who->mntns;

	if (options.pid && options.pid != who->pid)
		return false;
	if (options.by_uid && options.uid != who->uid)
		return false;
	if (options.by_cgroup && !bpf_map_lookup_elem(&cgroup_set, &who->cgroup))
		return false;
	if (options.cgroup && !in_wanted_cgroup())
		return false;
	if (options.by_mntns && !bpf_map_lookup_elem(&mntns_set, &mntns))
		return false;
	return true;
}

/* --- what --- */

static __always_inline bool is_tcp(const struct sock *sk)
{
	return READ(sk, sk_protocol) == IPPROTO_TCP;
}

/* 0 for a socket that was established before the probes were attached, if nobody else asked for its cookie. */
static __always_inline __u64 connection_of(const struct sock *sk)
{
	return READ(sk, __sk_common.skc_cookie.counter);
}

/* The two ends of a connection. */
struct ends {
	__u64 local[2];
	__u64 peer[2];
	__u32 netns;
	__u16 local_port;
	__u16 peer_port;
	__u8 ip_version;
	__u8 flags;
};

static __always_inline bool wanted_ends(const struct ends *ends)
{
	if (options.ip_version && options.ip_version != ends->ip_version)
		return false;
	if (options.netns && options.netns != ends->netns)
		return false;
	return true;
}

/*
 * The port that the socket is known by. A socket that was reset has left the
 * port table, so skc_num is 0 then, and inet_sport keeps its value.
 */
static __always_inline __u16 bound_port(const struct sock *sk)
{
	return READ(sk, __sk_common.skc_num);
}

static __always_inline __u16 source_port(const struct sock *sk)
{
	const struct inet_sock *inet = (const struct inet_sock *)sk;

	return bpf_ntohs(READ(inet, inet_sport));
}

/* Eight bytes of an address, from a word on. The kernel's type has no member of that size. */
#define READ_HALF(sk, address, word)                                                \
	(READ(sk, __sk_common.address.in6_u.u6_addr32[word]) |                      \
	 (__u64)READ(sk, __sk_common.address.in6_u.u6_addr32[(word) + 1]) << 32)

/* False unless the socket has two ends that the filters let pass. A connect may go to port 0, where it fails. */
static __always_inline bool read_ends(struct ends *ends, const struct sock *sk, __u16 local_port)
{
	__u16 family = READ(sk, __sk_common.skc_family);

	__builtin_memset(ends, 0, sizeof(*ends));
	ends->local_port = local_port;
	ends->peer_port = bpf_ntohs(READ(sk, __sk_common.skc_dport));
	if (!ends->local_port)
		return false;
	if (family == AF_INET) {
		ends->ip_version = 4;
		ends->local[0] = READ(sk, __sk_common.skc_rcv_saddr);
		ends->peer[0] = READ(sk, __sk_common.skc_daddr);
	} else if (family == AF_INET6) {
		ends->ip_version = 6;
		ends->local[0] = READ_HALF(sk, skc_v6_rcv_saddr, 0);
		ends->local[1] = READ_HALF(sk, skc_v6_rcv_saddr, 2);
		ends->peer[0] = READ_HALF(sk, skc_v6_daddr, 0);
		ends->peer[1] = READ_HALF(sk, skc_v6_daddr, 2);
		if (!ends->peer[0] && (__u32)ends->peer[1] == bpf_htonl(0xffff))
			ends->flags |= EVENT_V4_MAPPED;
	} else {
		return false;
	}
	if (!(ends->local[0] | ends->local[1]) || !(ends->peer[0] | ends->peer[1]))
		return false;
	ends->netns = READ(sk, __sk_common.skc_net.net, ns.inum);
	return wanted_ends(ends);
}

/* --- emit --- */

static __always_inline struct ledger *ledger_of(__u32 cpu)
{
	return bpf_map_lookup_elem(&ledgers, &cpu);
}

/* An event that will never be, because what it needs could not be remembered. */
static __always_inline void count_map_full(void)
{
	struct ledger *ledger = ledger_of(bpf_get_smp_processor_id());

	if (!ledger)
		return;
	__sync_fetch_and_add(&ledger->emitted, 1);
	__sync_fetch_and_add(&ledger->map_full, 1);
}

/* An event that nobody saw, because the kernel skipped the probe that would have. */
static __always_inline void count_missed(void)
{
	struct ledger *ledger = ledger_of(bpf_get_smp_processor_id());

	if (ledger)
		__sync_fetch_and_add(&ledger->probe_missed, 1);
}

/*
 * Takes a place in the ring buffer and fills in what all events have; the
 * caller adds its own and submits. Every filter has been asked before: a place
 * that is taken and then discarded without a wake-up can leave a sleeping
 * reader asleep.
 */
static __always_inline struct event *reserve_event(__u8 type, __u64 connection, const struct ends *ends,
						   const struct identity *who)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct ledger *ledger = ledger_of(cpu);
	struct event *event;
	__u64 sequence;

	if (!ledger)
		return NULL;
	sequence = __sync_fetch_and_add(&ledger->emitted, 1) + 1;
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event) {
		__sync_fetch_and_add(&ledger->ring_full, 1);
		return NULL;
	}
	/*
	 * After reserving: an event that the reader does not find below the
	 * producer position is not older than its look at that position.
	 */
	event->timestamp = bpf_ktime_get_ns();
	event->connection = connection;
	event->cgroup = who->cgroup;
	event->sequence = sequence;
	__builtin_memcpy(event->local_address, ends->local, sizeof(event->local_address));
	__builtin_memcpy(event->peer_address, ends->peer, sizeof(event->peer_address));
	__builtin_memcpy(event->comm, who->comm, sizeof(event->comm));
	event->pid = who->pid;
	event->tid = who->tid;
	event->uid = who->uid;
	event->netns = ends->netns;
	event->mntns = who->mntns;
	event->local_port = ends->local_port;
	event->peer_port = ends->peer_port;
	event->cpu = cpu;
	event->error = 0;
	event->type = type;
	event->ip_version = ends->ip_version;
	event->state = 0;
	event->flags = ends->flags;
	event->duration = 0;
	event->bytes_sent = 0;
	event->bytes_acked = 0;
	event->bytes_received = 0;
	event->segments_sent = 0;
	event->segments_received = 0;
	event->retransmits = 0;
	event->smoothed_rtt = 0;
	event->netns_id = 0;
	event->container_pid = 0;
	event->pidns = 0;
	return event;
}

/*
 * The recorder looks at the ring every few milliseconds; a wake-up per event
 * would halve the connection rate of the host. Only a ring that fills faster
 * than that wakes it: once, when the fill level passes the mark. The window
 * behind the mark is wider than one record because other CPUs may have
 * reserved between our reserve and this look.
 */
static __always_inline void submit_event(struct event *event)
{
	const __u64 window = 8 * (sizeof(*event) + BPF_RINGBUF_HDR_SZ);
	__u64 filled = bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA);

	bpf_ringbuf_submit(event, filled - options.wake_bytes < window ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP);
}

#endif
