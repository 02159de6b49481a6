/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * A process and all that it starts, whatever they do to become independent: for
 * a command that can have no cgroup of its own.
 */
#ifndef TRACECAP_TREE_H
#define TRACECAP_TREE_H

#include "tracecap.bpf.h"

/* Those that live, by thread group, as the host numbers them. The recorder adds the first one. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u8);
} tree SEC(".maps");

static __always_inline bool is_of_tree(__u32 pid)
{
	return bpf_map_lookup_elem(&tree, &pid);
}

/* The current task has started another one, which does not run yet. A thread is of its process. */
SEC("raw_tp/sched_process_fork")
int sched_process_fork(struct bpf_raw_tracepoint_args *ctx)
{
	const struct task_struct *parent = TYPED(struct task_struct, ctx->args[0]);
	const struct task_struct *child = TYPED(struct task_struct, ctx->args[1]);
	const __u8 yes = 1;
	__u32 pid = READ(child, tgid);

	if ((__u32)READ(child, pid) != pid || !is_of_tree(READ(parent, tgid)))
		return 0;
	if (bpf_map_update_elem(&tree, &pid, &yes, BPF_ANY))
		count_missed();
	return 0;
}

/* The last thread goes: from here on it opens nothing, and what it has open is known by itself. */
SEC("raw_tp/sched_process_exit")
int sched_process_exit(struct bpf_raw_tracepoint_args *ctx)
{
	const struct task_struct *task = TYPED(struct task_struct, ctx->args[0]);
	__u32 pid = READ(task, tgid);

	if (!READ(task, signal, live.counter))
		bpf_map_delete_elem(&tree, &pid);
	return 0;
}

#endif
