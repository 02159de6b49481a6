/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Two ways to read the kernel's memory, and programs that do not care which.
 *
 * READ(pointer, a, b.c) is pointer->a->b.c; where a pointer on the way is
 * bad, it is 0. READ_BIT(pointer, a) is that of a bit-field. By default it is just that, a load instruction each, on
 * pointers whose type the verifier knows. With COPY_READS it is a call of
 * bpf_probe_read_kernel() each, which takes ten times as long, for kernels
 * before 6.2 that have no bpf_rdonly_cast().
 */
#ifndef TRACECAP_READ_H
#define TRACECAP_READ_H

#include <bpf/bpf_core_read.h>

#ifdef COPY_READS

#define READ(pointer, ...) BPF_CORE_READ(pointer, __VA_ARGS__)
#define READ_BIT(pointer, field) BPF_CORE_READ_BITFIELD_PROBED(pointer, field)
#define TYPED(type, pointer) ((type *)(pointer))

#else

extern void *bpf_rdonly_cast(const void *pointer, __u32 type) __ksym;

#define READ(pointer, ...) ___arrow(pointer, __VA_ARGS__)
#define READ_BIT(pointer, field) BPF_CORE_READ_BITFIELD(pointer, field)
/* Tells the verifier what a pointer points to. It need not be true: a bad load gives 0. */
#define TYPED(type, pointer) ((type *)bpf_rdonly_cast((const void *)(pointer), bpf_core_type_id_kernel(type)))

#endif

#endif
