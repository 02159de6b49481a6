/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The event: what the probes put into the ring buffer, and byte for byte what
 * TraceCap.Format's TcpEvent is. Naturally aligned, little-endian, no padding,
 * no kernel types. A test compares the two layouts field by field.
 */
#ifndef TRACECAP_EVENT_H
#define TRACECAP_EVENT_H

enum event_type {
	EVENT_CONNECT = 'C',        /* an outgoing connection was established */
	EVENT_ACCEPT = 'A',         /* an incoming connection was accepted */
	EVENT_CLOSE = 'X',          /* the last descriptor of a connection was closed */
	EVENT_CONNECT_FAILED = 'F', /* an outgoing connection was not established */
	EVENT_OPEN = 'O',           /* the connection existed before recording began */
	EVENT_ENDED = 'E',          /* TCP has finished with an established connection */
};

enum event_flags {
	EVENT_V4_MAPPED = 1,    /* IPv6 socket talking to an IPv4 peer, ::ffff:a.b.c.d */
	EVENT_IO_URING = 2,     /* accepted through io_uring, not by a system call; the tracepoint set alone tells */
	EVENT_COMPAT_TASK = 4,  /* accepted by a 32-bit system call on a 64-bit kernel; the same */
	EVENT_MPTCP = 8,        /* the first subflow of an MPTCP connection; X: of an MPTCP socket, whatever the peer speaks */
	EVENT_RESET_BEFORE_ACCEPT = 16, /* A: TCP had finished before; tcptracer does not show it */
	EVENT_FIN_RECEIVED = 32,   /* E: the peer's FIN had come */
	EVENT_CONNECT_FAILED_BEFORE = 64, /* X: the socket's connect had failed: there was no connection */
	EVENT_NOT_ACCEPTED = 128,  /* E: nobody had accepted it */
};

struct event {
	unsigned long long timestamp;      /* CLOCK_MONOTONIC, ns */
	unsigned long long connection;     /* socket cookie: the same for all events of one socket; 0 unknown */
	unsigned long long cgroup;         /* cgroup2 id of the task */
	unsigned long long sequence;       /* per CPU, from 1, also counts the events that found no room */
	unsigned char local_address[16];   /* network order; IPv4 in the first four bytes, the rest 0 */
	unsigned char peer_address[16];
	unsigned char comm[16];            /* the thread's name, NUL-terminated bytes */
	unsigned int pid;                  /* thread group; of an E, which no task brings about, 0, as all of the task's */
	unsigned int tid;
	unsigned int uid;
	unsigned int netns;                /* inode of the socket's network namespace */
	unsigned int mntns;                /* inode of the task's mount namespace; 0 for an exiting task */
	unsigned short local_port;         /* host order */
	unsigned short peer_port;
	unsigned short cpu;
	unsigned short error;              /* F: errno; 0 if the program itself gave up. E: sk_err */
	unsigned char type;                /* enum event_type */
	unsigned char ip_version;          /* 4 or 6 */
	unsigned char state;               /* X, A: TCP state at that moment, E: the one before, as in the kernel's tcp_states.h; C, F: SYN_SENT if begun before recording */
	unsigned char flags;               /* enum event_flags */
	unsigned long long duration;       /* C: from SYN to established; F: how long it tried; A: from established; ns; 0 unknown */
	/* X, E only */
	unsigned long long bytes_sent;     /* payload, with retransmissions; 0 before kernel 4.19 */
	unsigned long long bytes_acked;    /* tcpi_bytes_acked: RFC 4898 tcpEStatsAppHCThruOctetsAcked, SYN and FIN count */
	unsigned long long bytes_received; /* tcpi_bytes_received: RFC 4898 tcpEStatsAppHCThruOctetsReceived */
	unsigned int segments_sent;
	unsigned int segments_received;
	unsigned int retransmits;
	unsigned int smoothed_rtt;         /* microseconds */
	/* all */
	unsigned long long netns_id;       /* cookie of the network namespace, never used again; 0 before kernel 5.14 */
	unsigned int container_pid;        /* process id in the task's innermost PID namespace; 0 if that is the host's */
	unsigned int pidns;                /* inode of that PID namespace; 0 if it is the host's */
};

/* One per CPU. Only grows. Probes write it, the recorder reads it through mmap. */
struct ledger {
	unsigned long long emitted;      /* events that should be in the capture: written + lost */
	unsigned long long ring_full;    /* lost: no room in the ring buffer */
	unsigned long long map_full;     /* lost: no room to remember a connect that is under way */
	unsigned long long probe_missed; /* lost: the kernel skipped a probe */
	unsigned long long reserved[4];  /* a cache line per CPU */
};

#endif
