// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The tracepoint probe set: raw tracepoints and cgroup hooks only, for kernels
 * that refuse kprobes and fentry. It needs a cgroup2 hierarchy, whose root has
 * all sockets of the host.
 *
 *   accept     raw_tp/sys_exit; raw_tp/io_uring_complete and io_uring_submit_*
 *   the rest   as in every set, sockets.bpf.h
 *
 * The kernel's own sockets (of NFS, for example) are accepted in no system
 * call, and closed without a hook: they are seen where TCP establishes them, by
 * which thread nobody knows, and where it begins to close them.
 */
#define TRACEPOINTS_ONLY
#include "connection.bpf.h"

/* --- the kernel's own sockets --- */

static __always_inline void see_kernel_accept(const struct sock *sk, __u64 connection)
{
	struct identity nobody = {};

	if (!options.by_task && is_of_kernel(sk) && !READ(sk, sk_socket))
		emit_accept_by(&nobody, sk, connection, 0);
}

/* They are shut down or closed by a thread of the kernel, or by a reset. */
static __always_inline void see_kernel_close(const struct sock *sk, int old_state, int new_state)
{
	if (old_state != BPF_TCP_ESTABLISHED && old_state != BPF_TCP_CLOSE_WAIT)
		return;
	if (new_state != BPF_TCP_FIN_WAIT1 && new_state != BPF_TCP_LAST_ACK && new_state != BPF_TCP_CLOSE)
		return;
	if (is_of_kernel(sk) && READ(sk, sk_socket))
		emit_close(sk, connection_of(sk), 0);
}

/*
 * Some parts of the kernel (nvmet, for example) have sockets like those of
 * programs, but without a file, or with one that a thread of the kernel closes:
 * closing one is seen, accepting it was not.
 */
static __always_inline void count_kernel_accept(const struct sock *sk)
{
	const struct socket *socket = READ(sk, sk_socket);

	if (options.by_task || !socket || !READ(sk, __sk_common.skc_dport))
		return;
	if (!READ(socket, file) || READ(TYPED(struct task_struct, bpf_get_current_task()), flags) & PF_KTHREAD)
		count_missed();
}

#include "sockets.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* --- accept --- */

#if defined(__TARGET_ARCH_x86)

#define X32_SYSCALL_BIT 0x40000000
#define TS_COMPAT 2

enum {
	NR_ACCEPT = 43,
	NR_ACCEPT4 = 288,
	NR_COMPAT_SOCKETCALL = 102,
	NR_COMPAT_ACCEPT4 = 364,
	SOCKETCALL_ACCEPT = 5,
	SOCKETCALL_ACCEPT4 = 18,
};

static __always_inline bool is_compat_task(void)
{
	struct task_struct *task = TYPED(struct task_struct, bpf_get_current_task());

	return READ(task, thread_info.status) & TS_COMPAT;
}

/* The flags of the accept that the system call was, or -1 if it was something else. */
static __always_inline int accept_flags(const struct pt_regs *regs)
{
	__u64 number = READ(regs, orig_ax) & ~X32_SYSCALL_BIT;
	__u64 call;

	if (number == NR_ACCEPT || number == NR_ACCEPT4)
		return is_compat_task() ? -1 : 0;
	if (number != NR_COMPAT_ACCEPT4 && number != NR_COMPAT_SOCKETCALL)
		return -1;
	if (!is_compat_task())
		return -1;
	call = READ(regs, bx);
	if (number == NR_COMPAT_SOCKETCALL && call != SOCKETCALL_ACCEPT && call != SOCKETCALL_ACCEPT4)
		return -1;
	return EVENT_COMPAT_TASK;
}

/* The descriptor that an accept was called with. */
static __always_inline __u32 listening_descriptor(const struct pt_regs *regs, int flags)
{
	__u32 descriptor = ~0;

	if (!flags)
		return READ(regs, di);
	if (READ(regs, orig_ax) != NR_COMPAT_SOCKETCALL)
		return READ(regs, bx);
	bpf_probe_read_user(&descriptor, sizeof(descriptor), (const void *)READ(regs, cx));
	return descriptor;
}

#elif defined(__TARGET_ARCH_arm64)

#define TIF_32BIT 22

enum {
	NR_ACCEPT = 202,
	NR_ACCEPT4 = 242,
	NR_COMPAT_ACCEPT = 285,
	NR_COMPAT_ACCEPT4 = 366,
};

static __always_inline int accept_flags(const struct pt_regs *regs)
{
	__s32 number = READ(regs, syscallno);
	struct task_struct *task;
	bool compat;

	if (number != NR_ACCEPT && number != NR_ACCEPT4 && number != NR_COMPAT_ACCEPT && number != NR_COMPAT_ACCEPT4)
		return -1;
	task = TYPED(struct task_struct, bpf_get_current_task());
	compat = READ(task, thread_info.flags) & (1UL << TIF_32BIT);
	if (compat != (number == NR_COMPAT_ACCEPT || number == NR_COMPAT_ACCEPT4))
		return -1;
	return compat ? EVENT_COMPAT_TASK : 0;
}

static __always_inline __u32 listening_descriptor(const struct pt_regs *regs, int flags)
{
	return READ(regs, orig_x0);
}

#else
#error "which system calls accept a connection here?"
#endif

/* The socket of a file, if it has one: only a socket's file has a private_data that points back at it. */
static __always_inline const struct sock *socket_of(const struct file *file)
{
	const struct socket *socket;

	if (!file)
		return NULL;
	socket = TYPED(struct socket, READ(file, private_data));
	return READ(socket, file) == file ? READ(socket, sk) : NULL;
}

static __always_inline struct file *file_of_descriptor(__u32 descriptor)
{
	struct task_struct *task = TYPED(struct task_struct, bpf_get_current_task());
	struct fdtable *table = READ(task, files, fdt);
	struct file **files = READ(table, fd);
	struct file *file = NULL;

	if (descriptor < READ(table, max_fds))
		bpf_probe_read_kernel(&file, sizeof(file), files + descriptor);
	return TYPED(struct file, file);
}

/* An accept whose socket is gone. */
static __always_inline void count_missed_accept(void)
{
	struct identity who;

	identify_current(&who);
	if (wanted_task(&who))
		count_missed_opening();
}

/*
 * An accept is seen when it returns, and its socket looked up by the number
 * that it returned. Another thread may have closed that number meanwhile: then
 * there is no socket, or one that has been let go of.
 */
static __always_inline bool emit_accepted_file(const struct file *file, __u8 flags)
{
	const struct sock *sk = socket_of(file);

	if (!sk || !READ(sk, sk_socket))
		return false;
	sk = shown_socket(sk);
	if (sk)
		emit_accept((const struct sock *)TYPED(struct tcp_sock, sk), connection_of(sk), flags);
	return true;
}

/*
 * Whether accepts of this socket are wanted, as far as it shows: what it accepts
 * is of its kind. It may have been closed meanwhile, and then they may be.
 */
static __always_inline bool is_wanted_listener(const struct sock *sk)
{
	__u16 protocol, family;

	if (!sk)
		return true;
	protocol = READ(sk, sk_protocol);
	if (protocol != IPPROTO_TCP && protocol != IPPROTO_MPTCP)
		return false;
	family = READ(sk, __sk_common.skc_family);
	if (family != AF_INET && family != AF_INET6)
		return false;
	if (options.ip_version && options.ip_version != (family == AF_INET ? 4 : 6))
		return false;
	return !options.netns || passes(options.netns, find_number(NUMBER_NETNS, READ(sk, __sk_common.skc_net.net, ns.inum)));
}

#define EFAULT 14
#define MAX_TASK_WORKS 16

/* The file that a task has to let go of, if that is what it has to do. */
static __always_inline const struct file *file_of_work(const struct callback_head *work)
{
	const struct file *file = NULL;

	if (bpf_core_field_exists(file->f_llist))
		return TYPED(struct file, (__u64)work - bpf_core_field_offset(struct file, f_llist));
	return TYPED(struct file, (__u64)work - bpf_core_field_offset(struct file___before_6_0, f_u));
}

/*
 * An accept whose peer's address finds no place to be written to ends with
 * EFAULT, and its socket, which has no number yet, is let go of before the task
 * returns to its program. There is none if nothing was accepted: anybody may
 * have a filter of system calls say EFAULT. False if that is not known.
 */
static __always_inline bool emit_dropped_accept(__u8 flags)
{
	const struct task_struct *task = TYPED(struct task_struct, bpf_get_current_task());
	const struct callback_head *work = READ(task, task_works);
	const struct file *file = NULL;
	int i;

	for (i = 0; i < MAX_TASK_WORKS && work; i++) {
		file = file_of_work(work);
		if (socket_of(file))
			break;
		file = NULL;
		work = READ(TYPED(struct callback_head, work), next);
	}
	if (file)
		emit_accepted_file(file, flags);
	return file || !work;
}

/* Runs at the end of every system call of the host: its first lines are all that most of them see. */
SEC("raw_tp/sys_exit")
int sys_exit(struct bpf_raw_tracepoint_args *ctx)
{
	const struct pt_regs *regs;
	__s64 result = ctx->args[1];
	int flags;

	if (result < 0 && result != -EFAULT)
		return 0;
	regs = TYPED(struct pt_regs, ctx->args[0]);
	flags = accept_flags(regs);
	if (flags < 0)
		return 0;
	if (result >= 0 ? emit_accepted_file(file_of_descriptor(result), flags) : emit_dropped_accept(flags))
		return 0;
	if (is_wanted_listener(socket_of(file_of_descriptor(listening_descriptor(regs, flags)))))
		count_missed_accept();
	return 0;
}

/* include/uapi/linux/io_uring.h, whose structures would be in the way of those in kernel.h */
#define IORING_OP_ACCEPT 13
#define IORING_ACCEPT_MULTISHOT 1
#define IORING_CQE_F_BUFFER 1
#define IORING_FILE_INDEX_ALLOC 0xffffffff

static __always_inline struct file *file_of_slot(struct io_ring_ctx *ring, __u32 slot)
{
	struct io_ring_ctx___before_6_13 *old_ring = (void *)ring;
	struct io_fixed_file *fixed;
	struct io_rsrc_node **nodes, *node = NULL;
	unsigned long pointer = 0;

	if (bpf_core_field_exists(ring->file_table.data)) {
		if (slot >= READ(ring, file_table.data.nr))
			return NULL;
		nodes = READ(ring, file_table.data.nodes);
		bpf_probe_read_kernel(&node, sizeof(node), nodes + slot);
		if (node)
			pointer = READ(TYPED(struct io_rsrc_node, node), file_ptr);
	} else if (bpf_core_field_exists(old_ring->file_table.files)) {
		if (slot >= READ(old_ring, nr_user_files))
			return NULL;
		fixed = READ(old_ring, file_table.files);
		bpf_probe_read_kernel(&pointer, sizeof(pointer), fixed + slot);
	}
	return TYPED(struct file, pointer & ~7UL);
}

static __always_inline struct file *file_of_result(struct io_ring_ctx *ring, __u32 slot, __s32 result)
{
	if (!slot)
		return file_of_descriptor(result);
	return file_of_slot(ring, slot == IORING_FILE_INDEX_ALLOC ? result : slot - 1);
}

/*
 * The accept requests that may complete many times: each time but the last, the
 * tracepoint tells only the ring and the user's mark. Inserted at submission,
 * removed at the last completion.
 */
struct request_key {
	__u64 ring;
	__u64 user_data;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, struct request_key);
	__type(value, __u32); /* the slot, as in io_accept */
} multishot_accepts SEC(".maps");

static __always_inline __u32 slot_of(const struct io_kiocb *request)
{
	if (!bpf_core_type_exists(struct io_accept))
		return 0;
	return READ(TYPED(struct io_accept, &request->cmd), file_slot);
}

static __always_inline bool may_be_multishot(const struct io_kiocb *request)
{
	const struct io_accept *accept = TYPED(struct io_accept, &request->cmd);

	return !bpf_core_field_exists(accept->iou_flags) || READ(accept, iou_flags) & IORING_ACCEPT_MULTISHOT;
}

static __always_inline void remember_accept(const struct io_kiocb *request)
{
	struct request_key key;
	__u32 slot;

	if (READ(request, opcode) != IORING_OP_ACCEPT || !may_be_multishot(request))
		return;
	key.ring = (__u64)READ(request, ctx);
	key.user_data = READ(request, cqe.user_data);
	slot = slot_of(request);
	if (bpf_map_update_elem(&multishot_accepts, &key, &slot, BPF_ANY))
		count_map_full();
}

SEC("raw_tp/io_uring_submit_req")
int io_uring_submit_req(struct bpf_raw_tracepoint_args *ctx)
{
	remember_accept(TYPED(struct io_kiocb, ctx->args[0]));
	return 0;
}

/* The same by its older name; before 6.0, which brought io_accept, its first argument was another. */
SEC("raw_tp/io_uring_submit_sqe")
int io_uring_submit_sqe(struct bpf_raw_tracepoint_args *ctx)
{
	if (bpf_core_type_exists(struct io_accept))
		remember_accept(TYPED(struct io_kiocb, ctx->args[0]));
	return 0;
}

/*
 * The arguments are (ring, request, user data, result, flags, ...) from 5.18 on
 * and (ring, request, completion) in later kernels; which, the recorder finds
 * in BTF. Before, there was no request, and the program is not loaded.
 */
SEC("raw_tp/io_uring_complete")
int io_uring_complete(struct bpf_raw_tracepoint_args *ctx)
{
	struct io_ring_ctx *ring = TYPED(struct io_ring_ctx, ctx->args[0]);
	struct io_kiocb *request = TYPED(struct io_kiocb, ctx->args[1]);
	struct request_key key = { .ring = ctx->args[0] };
	__u32 slot, *known;
	__u32 flags;
	__s32 result;

	if (ctx->args[1] && READ(request, opcode) != IORING_OP_ACCEPT)
		return 0;
	if (options.io_uring_cqe) {
		struct io_uring_cqe *completion = TYPED(struct io_uring_cqe, ctx->args[2]);

		key.user_data = READ(completion, user_data);
		result = READ(completion, res);
		flags = READ(completion, flags);
	} else {
		key.user_data = ctx->args[2];
		result = ctx->args[3];
		flags = ctx->args[4];
	}
	if (ctx->args[1]) {
		slot = slot_of(request);
		if (may_be_multishot(request))
			bpf_map_delete_elem(&multishot_accepts, &key);
	} else {
		known = bpf_map_lookup_elem(&multishot_accepts, &key);
		/* A receive with the same mark as an accept has a buffer. */
		if (!known || flags & IORING_CQE_F_BUFFER)
			return 0;
		slot = *known;
	}
	if (result >= 0 && !emit_accepted_file(file_of_result(ring, slot, result), EVENT_IO_URING))
		count_missed_accept();
	return 0;
}
