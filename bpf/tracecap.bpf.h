/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What every set of probes shares: the options, the switch, the ledger, and
 * the way of an event into the ring buffer.
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

/* What a filter does with what it does not list. */
enum filter {
	FILTER_NONE, /* there is no filter */
	FILTER_ONLY, /* it does not pass */
	FILTER_NOT,  /* it passes */
};

struct options {
	__u32 wake_bytes;    /* wake the recorder when the ring holds so much */
	__u32 pidns;         /* inode of the PID namespace that the wanted pids are numbers of; 0: the host's */
	__u8 pids;           /* enum filter; the listed ones are in wanted_numbers */
	__u8 uids;
	__u8 netns;
	__u8 ports;
	__u8 addresses;      /* enum filter; the listed ones are in wanted_addresses */
	__u8 comms;          /* ... wanted_comms */
	__u8 cgroups;        /* ... wanted_cgroups */
	__u8 by_cgroup_set;  /* only tasks of the cgroups in the user's map */
	__u8 by_mntns_set;
	__u8 ip_version;     /* 4, 6 or 0 */
	__u8 by_task;        /* one of those filters asks for the task: it judges a connection when it is opened */
	__u8 each_event;     /* ... as tcptracer does, each event by its own task */
	__u8 beyond;         /* tell what tcptracer does not: connects that failed, TCP's own end */
	__u8 io_uring_cqe;   /* io_uring_complete passes the completion, not its fields */
	__u8 by_tree;        /* only the tasks of the processes in tree */
	__u8 reserved;
};

/* A section of its own: the recorder finds it without knowing what else is constant. */
const volatile struct options options SEC(".rodata.options");

/* --- the switch --- */

/*
 * Programs are attached and detached one after the other. So that no connection
 * is half seen by those that are in place, they say nothing until the recorder
 * turns them on, all at once, and nothing after it has turned them off.
 */
enum phase {
	PHASE_OFF,      /* connects under way are remembered, and nothing is told */
	PHASE_SETTLING, /* connections from before are being looked for: what may be one of them passes the filters */
	PHASE_ON,
};

volatile __u32 phase SEC(".data.phase") = PHASE_OFF;

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

/* --- who and what --- */

/* Who did it; all 0 if no task did. */
struct identity {
	__u64 cgroup;
	__u32 pid;
	__u32 tid;
	__u32 uid;
	__u32 mntns;
	__u32 container_pid;
	__u32 pidns;
	char comm[16];
};

/* The two ends of a connection. */
struct ends {
	__u64 local[2];
	__u64 peer[2];
	__u64 netns_id;
	__u32 netns;
	__u16 local_port;
	__u16 peer_port;
	__u8 ip_version;
	__u8 flags;
};

/* --- count --- */

static __always_inline struct ledger *ledger_of(__u32 cpu)
{
	return bpf_map_lookup_elem(&ledgers, &cpu);
}

/* An event that will never be, because what it needs could not be remembered. */
static __always_inline void count_map_full(void)
{
	struct ledger *ledger = ledger_of(bpf_get_smp_processor_id());

	if (!ledger || phase == PHASE_OFF)
		return;
	__sync_fetch_and_add(&ledger->emitted, 1);
	__sync_fetch_and_add(&ledger->map_full, 1);
}

/* An event that nobody saw, because the kernel skipped the probe that would have. */
static __always_inline void count_missed(void)
{
	struct ledger *ledger = ledger_of(bpf_get_smp_processor_id());

	if (ledger && phase != PHASE_OFF)
		__sync_fetch_and_add(&ledger->probe_missed, 1);
}

/*
 * Counts an event; gives its number on this CPU. Before 5.12 no addition gives
 * the old value: there an interrupt between the two lines can give two events
 * the same number.
 */
static __always_inline __u64 count_event(struct ledger *ledger)
{
#ifdef NO_FETCH
	__sync_fetch_and_add(&ledger->emitted, 1);
	return *(volatile __u64 *)&ledger->emitted;
#else
	return __sync_fetch_and_add(&ledger->emitted, 1) + 1;
#endif
}

/* --- emit --- */

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

	if (!ledger || phase == PHASE_OFF)
		return NULL;
	sequence = count_event(ledger);
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
	event->netns_id = ends->netns_id;
	event->container_pid = who->container_pid;
	event->pidns = who->pidns;
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
