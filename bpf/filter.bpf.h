/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What the kernel shows of tasks and sockets, and which of them pass the
 * filters.
 *
 * A filter that asks for the task judges a connection once, when it is opened:
 * what passed then passes at its close and its end, whoever brings them about.
 */
#ifndef TRACECAP_FILTER_H
#define TRACECAP_FILTER_H

#include "tracecap.bpf.h"
#include "tree.bpf.h"

/* --- what the filters list: 1 passes, 0 does not --- */

enum number_kind {
	NUMBER_PID,
	NUMBER_UID,
	NUMBER_NETNS,
	NUMBER_PORT,
};

struct number {
	__u32 kind; /* enum number_kind */
	__u32 value;
};

/* Filled by the recorder before the programs are attached, as all of these. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct number);
	__type(value, __u8);
} wanted_numbers SEC(".maps");

struct comm {
	char bytes[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct comm);
	__type(value, __u8);
} wanted_comms SEC(".maps");

/* A network; IPv4 as ::ffff:a.b.c.d. */
struct prefix {
	__u32 length;
	__u32 address[4];
};

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);
	__type(key, struct prefix);
	__type(value, __u8);
} wanted_addresses SEC(".maps");

/* Cgroups with all below them, by id; of two the nearer one counts. The recorder changes it when one is made anew. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, __u64);
	__type(value, __u8);
} wanted_cgroups SEC(".maps");

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

/*
 * With a filter on tasks, the connections that passed it, until the kernel
 * frees their sockets. The recorder adds those that it finds open.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u64);
	__type(value, __u8);
} kept SEC(".maps");

static __always_inline bool passes(__u8 filter, const __u8 *listed)
{
	return listed ? *listed : filter != FILTER_ONLY;
}

static __always_inline const __u8 *find_number(__u32 kind, __u32 value)
{
	struct number number = { .kind = kind, .value = value };

	return bpf_map_lookup_elem(&wanted_numbers, &number);
}

/* Of the two ends, one that is unwanted decides, then one that is wanted. */
static __always_inline bool either_passes(__u8 filter, const __u8 *one, const __u8 *other)
{
	if ((one && !*one) || (other && !*other))
		return false;
	return one || other || filter != FILTER_ONLY;
}

/* --- tasks --- */

/* The process's numbers; NULL for a task that is gone. */
static __always_inline struct pid *pid_of(const struct task_struct *task)
{
	return READ(task, signal, pids[PIDTYPE_TGID]);
}

/* The number at a level, and its namespace. */
static __always_inline void read_number(struct upid *number, const struct pid *pid, __u32 level)
{
	__u64 numbers = (__u64)pid + bpf_core_field_offset(struct pid, numbers);

	bpf_probe_read_kernel(number, sizeof(*number), (const void *)(numbers + level * sizeof(*number)));
}

/* Read from the task itself: not every kind of program may call the helpers for these. */
static __always_inline void identify_current(struct identity *who)
{
	struct task_struct *task = TYPED(struct task_struct, bpf_get_current_task());
	struct pid *pid = pid_of(task);
	__u32 level = READ(pid, level);
	struct upid number = {};

	who->cgroup = READ(task, cgroups, dfl_cgrp, kn, id);
	who->pid = READ(task, tgid);
	who->tid = READ(task, pid);
	who->uid = READ(task, cred, uid.val);
	who->mntns = READ(task, nsproxy, mnt_ns, ns.inum); /* an exiting task has let go of it */
	if (level) {
		read_number(&number, pid, level);
		who->container_pid = number.nr;
		who->pidns = READ(TYPED(struct pid_namespace, number.ns), ns.inum);
	} else {
		who->container_pid = 0;
		who->pidns = 0;
	}
	bpf_core_read(who->comm, sizeof(who->comm), &task->comm);
}

#define MAX_PID_LEVEL 32 /* the kernel nests no more PID namespaces */

/* The process id that the user of the recorder knows the current task by; 0 if it has none in that namespace. */
static __always_inline __u32 pid_for_user(const struct identity *who)
{
	struct task_struct *task;
	struct upid number;
	struct pid *pid;
	__u32 deepest, level;

	if (!options.pidns)
		return who->pid;
	task = TYPED(struct task_struct, bpf_get_current_task());
	pid = pid_of(task);
	deepest = READ(pid, level);
	for (level = 1; level <= MAX_PID_LEVEL; level++) {
		if (level > deepest)
			break;
		read_number(&number, pid, level);
		if (READ(TYPED(struct pid_namespace, number.ns), ns.inum) == options.pidns)
			return number.nr;
	}
	return 0;
}

/* Deeper cgroups count for the one at this depth. */
#define MAX_CGROUP_LEVEL 32

/*
 * Whether the current task's cgroup passes: it knows the one above it on each
 * level. Not the helper for that, which not every kind of program may call.
 */
static __always_inline bool wanted_cgroup(void)
{
	struct task_struct *task = TYPED(struct task_struct, bpf_get_current_task());
	struct cgroup *cgroup = READ(task, cgroups, dfl_cgrp);
	__u32 deepest = READ(cgroup, level);
	const __u8 *listed, *nearest = NULL;
	struct cgroup *ancestor;
	__u64 address, id;
	__u32 level;

	for (level = 0; level <= MAX_CGROUP_LEVEL; level++) {
		if (level > deepest)
			break;
		address = (__u64)cgroup + level * sizeof(__u64);
		id = 0;
		if (bpf_core_field_exists(cgroup->ancestors)) {
			ancestor = NULL;
			address += bpf_core_field_offset(struct cgroup, ancestors);
			bpf_probe_read_kernel(&ancestor, sizeof(ancestor), (const void *)address);
			id = READ(TYPED(struct cgroup, ancestor), kn, id);
		} else {
			address += bpf_core_field_offset(struct cgroup___before_6_1, ancestor_ids);
			bpf_probe_read_kernel(&id, sizeof(id), (const void *)address);
		}
		listed = bpf_map_lookup_elem(&wanted_cgroups, &id);
		if (listed)
			nearest = listed;
	}
	return passes(options.cgroups, nearest);
}

static __always_inline bool wanted_comm(const struct identity *who)
{
	struct comm name = {};
	int i;

	/* Behind the end of a name there may be what is left of a longer one. */
	for (i = 0; i < (int)sizeof(name.bytes) && who->comm[i]; i++)
		name.bytes[i] = who->comm[i];
	return passes(options.comms, bpf_map_lookup_elem(&wanted_comms, &name));
}

/* Whether the current task, whose identity it is, passes the filters. */
static __always_inline bool wanted_task(const struct identity *who)
{
	__u64 mntns = who->mntns;

	if (!options.by_task)
		return true;
	if (options.pids && !passes(options.pids, find_number(NUMBER_PID, pid_for_user(who))))
		return false;
	if (options.uids && !passes(options.uids, find_number(NUMBER_UID, who->uid)))
		return false;
	if ((options.comms && !wanted_comm(who)) || (options.by_tree && !is_of_tree(who->pid)))
		return false;
	if (options.by_cgroup_set && !bpf_map_lookup_elem(&cgroup_set, &who->cgroup))
		return false;
	if (options.cgroups && !wanted_cgroup())
		return false;
	if (options.by_mntns_set && !bpf_map_lookup_elem(&mntns_set, &mntns))
		return false;
	return true;
}

/* --- connections that passed --- */

static __always_inline bool judges_openings(void)
{
	return options.by_task && !options.each_event;
}

/* A connection passed when it was opened: so will its close and its end. */
static __always_inline void keep(__u64 connection)
{
	const __u8 yes = 1;

	if (!judges_openings() || !bpf_map_update_elem(&kept, &connection, &yes, BPF_ANY))
		return;
	count_map_full();
	if (options.beyond)
		count_map_full();
}

/* Nobody saw an opening. What follows it cannot pass where openings are judged. */
static __always_inline void count_missed_opening(void)
{
	count_missed();
	if (!judges_openings())
		return;
	count_missed();
	if (options.beyond)
		count_missed();
}

/* Whether an event of a connection that was opened before is wanted, if its opening was. */
static __always_inline bool is_kept(__u64 connection)
{
	return !judges_openings() || phase == PHASE_SETTLING || bpf_map_lookup_elem(&kept, &connection);
}

/* --- sockets --- */

static __always_inline bool is_tcp(const struct sock *sk)
{
	return READ(sk, sk_protocol) == IPPROTO_TCP;
}

static __always_inline bool is_mptcp(const struct sock *sk)
{
	const struct tcp_sock *tcp = (const struct tcp_sock *)sk;

	return bpf_core_field_exists(tcp->is_mptcp) && READ(tcp, is_mptcp);
}

/* Whether it is a socket of the kernel's own (of NFS, for example), for which no cgroup's hook is called when it is closed. */
static __always_inline bool is_of_kernel(const struct sock *sk)
{
	return READ_BIT(sk, sk_kern_sock) && !is_mptcp(sk);
}

/* 0 for a socket that was established before the probes were attached, if nobody else asked for its cookie. */
static __always_inline __u64 connection_of(const struct sock *sk)
{
	return READ(sk, __sk_common.skc_cookie.counter);
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

static __always_inline const __u8 *find_address(const __u64 *address, __u8 ip_version)
{
	struct prefix prefix = { .length = 128 };

	if (ip_version == 4) {
		prefix.address[2] = bpf_htonl(0xffff);
		prefix.address[3] = address[0];
	} else {
		prefix.address[0] = address[0];
		prefix.address[1] = address[0] >> 32;
		prefix.address[2] = address[1];
		prefix.address[3] = address[1] >> 32;
	}
	return bpf_map_lookup_elem(&wanted_addresses, &prefix);
}

static __always_inline bool wanted_ends(const struct ends *ends)
{
	if (options.ip_version && options.ip_version != ends->ip_version)
		return false;
	if (options.netns && !passes(options.netns, find_number(NUMBER_NETNS, ends->netns)))
		return false;
	if (options.ports && !either_passes(options.ports, find_number(NUMBER_PORT, ends->local_port),
					    find_number(NUMBER_PORT, ends->peer_port)))
		return false;
	if (options.addresses && !either_passes(options.addresses, find_address(ends->local, ends->ip_version),
						find_address(ends->peer, ends->ip_version)))
		return false;
	return true;
}

/* Eight bytes of an address, from a word on. The kernel's type has no member of that size. */
#define READ_HALF(sk, address, word)                                                \
	(READ(sk, __sk_common.address.in6_u.u6_addr32[word]) |                      \
	 (__u64)READ(sk, __sk_common.address.in6_u.u6_addr32[(word) + 1]) << 32)

/* False unless the socket has two ends that the filters let pass. A connect may go to port 0, where it fails. */
static __always_inline bool read_ends(struct ends *ends, const struct sock *sk, __u16 local_port)
{
	__u16 family = READ(sk, __sk_common.skc_family);
	const struct net *net;

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
	net = READ(sk, __sk_common.skc_net.net);
	ends->netns = READ(net, ns.inum);
	if (bpf_core_field_exists(net->net_cookie))
		ends->netns_id = READ(net, net_cookie);
	return wanted_ends(ends);
}

#endif
