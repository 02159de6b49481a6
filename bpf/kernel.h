/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The kernel's structures, as far as the probes read them: only the fields
 * used, in any order. Offsets are relocated when the programs are loaded
 * (CO-RE), so one object runs on every kernel from 5.10 on. What differs
 * between those kernels is noted at the field, and has a struct of its own with
 * a ___suffix, which libbpf ignores when it looks for the type.
 */
#ifndef TRACECAP_KERNEL_H
#define TRACECAP_KERNEL_H

#include <linux/types.h>
#include <stdbool.h>

#define EEXIST 17
#define SOCK_DEAD 0 /* bits of skc_flags */
#define SOCK_DONE 1
#define AF_INET 2
#define AF_INET6 10
#define IPPROTO_TCP 6
#define IPPROTO_MPTCP 262

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

/* --- sockets --- */

typedef struct {
	int counter;
} atomic_t;

typedef struct {
	__s64 counter;
} atomic64_t;

struct in6_addr {
	union {
		__be32 u6_addr32[4];
	} in6_u;
};

struct ns_common {
	unsigned int inum;
};

struct net {
	struct ns_common ns;
	__u64 net_cookie; /* since 5.12; before, made when it is asked for */
};

typedef struct {
	struct net *net;
} possible_net_t;

struct sock_common {
	__be32 skc_daddr;
	__be32 skc_rcv_saddr;
	__be16 skc_dport;
	__u16 skc_num;
	unsigned short skc_family;
	volatile unsigned char skc_state;
	possible_net_t skc_net;
	unsigned long skc_flags;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
	atomic64_t skc_cookie; /* 0 until something asks for it */
};

struct socket;

struct sock {
	struct sock_common __sk_common;
	__u16 sk_protocol; /* since 5.6; a bit-field before */
	unsigned char sk_kern_sock : 1;
	int sk_err;
	int sk_err_soft; /* what will be the error if nothing else happens */
	struct socket *sk_socket;
};

struct inet_sock {
	struct sock sk;
	__be16 inet_sport;
};

struct tcp_sock {
	__u64 bytes_received;
	__u64 bytes_acked;
	__u64 bytes_sent;
	__u32 segs_in;
	__u32 segs_out;
	__u32 total_retrans;
	__u32 srtt_us;   /* eight times the smoothed round-trip time */
	__u8 bpf_sock_ops_cb_flags;
	struct {
		__u64 time; /* microseconds; when it was established, until something is read from it */
	} rcvq_space;
	bool is_mptcp;   /* absent without CONFIG_MPTCP */
};

struct mptcp_sock {
	struct sock *first;
};

/* --- tasks --- */

struct kernfs_node {
	__u64 id;
};

struct cgroup {
	int level;
	struct kernfs_node *kn;
	struct cgroup *ancestors[]; /* by level, itself included */
};

struct cgroup___before_6_1 {
	int level;
	__u64 ancestor_ids[];
};

struct css_set {
	struct cgroup *dfl_cgrp;
};

typedef struct {
	__u32 val;
} kuid_t;

struct cred {
	kuid_t uid;
};

struct mnt_namespace {
	struct ns_common ns;
};

struct nsproxy {
	struct mnt_namespace *mnt_ns;
};

struct pid_namespace {
	struct ns_common ns;
};

/* A process id, and in which namespace it is that. */
struct upid {
	int nr;
	struct pid_namespace *ns;
};

struct pid {
	unsigned int level;    /* how many namespaces are above the innermost */
	struct upid numbers[]; /* by level */
};

#define PIDTYPE_TGID 1

struct signal_struct {
	atomic_t live; /* threads */
	struct pid *pids[4];
};

struct thread_info {
	unsigned long flags; /* arm64: TIF_32BIT */
	__u32 status;        /* x86: TS_COMPAT */
};

struct callback_head {
	struct callback_head *next;
};

#define PF_KTHREAD 0x00200000 /* of the kernel, without a program */

struct task_struct {
	struct thread_info thread_info;
	unsigned int flags;
	int pid;
	int tgid;
	const struct cred *cred;
	char comm[16];
	struct files_struct *files;
	struct nsproxy *nsproxy;
	struct css_set *cgroups;
	struct callback_head *task_works; /* what it has to do before it returns to its program, the newest first */
	struct signal_struct *signal;
};

#if defined(__TARGET_ARCH_x86)
struct pt_regs {
	unsigned long bx;
	unsigned long cx;
	unsigned long di;
	unsigned long orig_ax;
};
#elif defined(__TARGET_ARCH_arm64)
struct pt_regs {
	__u64 regs[31];
	__u64 orig_x0;
	__s32 syscallno;
};
#endif

/* --- files --- */

struct llist_node {
	struct llist_node *next;
};

struct file {
	void *private_data;
	struct llist_node f_llist; /* in one place with what a task has to do with the file */
};

struct file___before_6_0 {
	struct llist_node f_u; /* the same */
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

struct socket {
	struct file *file;
	struct sock *sk;
};

/* --- io_uring --- */

struct io_uring_cqe {
	__u64 user_data;
	__s32 res;
	__u32 flags;
};

struct io_cqe {
	__u64 user_data;
};

struct io_cmd_data {
	struct file *file;
};

struct io_kiocb {
	struct io_cmd_data cmd; /* since 6.0; a union of all kinds of requests before */
	__u8 opcode;
	struct io_cqe cqe;
	struct io_ring_ctx *ctx;
};

struct io_accept {
	int iou_flags;   /* since 6.10 */
	__u32 file_slot; /* 0: an ordinary descriptor; 0xffffffff: any slot; else the slot from 1 */
};

/* The table of direct descriptors since 6.13 */
struct io_rsrc_node {
	unsigned long file_ptr; /* the two lowest bits are flags */
};

struct io_rsrc_data {
	unsigned int nr;
	struct io_rsrc_node **nodes;
};

struct io_file_table {
	struct io_rsrc_data data;
};

struct io_ring_ctx {
	struct io_file_table file_table;
};

/* ... and before */
struct io_fixed_file {
	unsigned long file_ptr; /* the three lowest bits are flags */
};

struct io_file_table___before_6_13 {
	struct io_fixed_file *files;
};

struct io_ring_ctx___before_6_13 {
	struct io_file_table___before_6_13 file_table;
	unsigned int nr_user_files;
};

#pragma clang attribute pop

#endif
