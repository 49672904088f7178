/* SPDX-License-Identifier: Apache-2.0
 *
 * sanad/plugin.h: the plugin interface, ABI major 1.
 *
 * C11 and C++17, no C++ type, no ownership transfer, no errno. A plugin exports one constant,
 * `sanad_plugin_entry_v1`; everything else goes through the function pointers below as flat Cap'n
 * Proto messages (schemas/sanad/plugin.capnp). Structures only ever grow at their end: before
 * reading a member added after minor 0, ask SANAD_HAS.
 *
 * Threads: [strand] never two at once for one instance, on any thread; [any] concurrent.
 */
#ifndef SANAD_PLUGIN_H
#define SANAD_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SANAD_MAGIC 0x31504e53u /* "SNP1" */
#define SANAD_ABI_MAJOR 1u
#define SANAD_ABI_MINOR 0u
#define SANAD_EXPORT __attribute__((visibility("default")))
#define SANAD_HAS(p, m) ((p)->size >= offsetof(__typeof__(*(p)), m) + sizeof((p)->m))

typedef int32_t sanad_status; /* 0 is success; the list only grows */
enum {
    SANAD_OK = 0,
    SANAD_E_RETRY = -1,    /* not now: the same call again later */
    SANAD_E_REJECTED = -2, /* never: the other side refuses this content */
    SANAD_E_DENIED = -3,   /* not granted to this instance */
    SANAD_E_NOT_FOUND = -4,
    SANAD_E_INVALID = -5,     /* the request breaks a rule of its schema */
    SANAD_E_UNSUPPORTED = -6, /* unknown method, version or extension */
    SANAD_E_BUSY = -7,
    SANAD_E_DEADLINE = -8,
    SANAD_E_IO = -9,
    SANAD_E_NOMEM = -10,
    SANAD_E_CONFLICT = -11,
    SANAD_E_FULL = -12, /* a limit is reached; nothing was changed */
    SANAD_E_CLOSED = -13,
    SANAD_E_INTERNAL = -14,
    SANAD_E_CRASHED = -15
};

/* Borrowed bytes, valid until the receiving function returns. A message is 8-byte aligned and has
 * one segment. */
typedef struct sanad_span {
    const void* data;
    size_t size;
} sanad_span;

/* Where a reply goes. The memory is the caller's: reserve() it, fill it, commit() once before
 * returning SANAD_OK. reserve() again grows it and loses the content; NULL means over the limit:
 * return SANAD_E_FULL. */
typedef struct sanad_sink {
    void* ctx;
    void* (*reserve)(void* ctx, size_t bytes);
    void (*commit)(void* ctx, size_t bytes);
} sanad_sink;

/* One request, in either direction. */
typedef struct sanad_call {
    uint32_t size, method; /* sizeof(sanad_call); kind << 8 | n, see plugin.capnp */
    uint64_t id;           /* unique per direction; the same when an outbox row is given again */
    uint64_t deadline_ns;  /* on the host's clock; 0: none */
    sanad_span request;
    const sanad_sink* reply; /* NULL: no reply wanted */
    const int* fds;          /* sealed memfds; the callee dup()s what it keeps */
    uint32_t n_fds, flags;
} sanad_call;

enum { SANAD_LOG_DEBUG = 0, SANAD_LOG_INFO = 1, SANAD_LOG_WARN = 2, SANAD_LOG_ERROR = 3 };

/* What the node offers. Every function is [any], throws nothing and never calls back in. */
typedef struct sanad_host {
    uint32_t size, abi_minor;
    void* ctx;
    sanad_status (*call)(void* ctx, const sanad_call* call); /* SANAD_OK: committed to disk */
    void (*log)(void* ctx, int32_t level, const char* utf8, size_t len); /* at most 512 bytes */
    uint64_t (*now_ns)(void* ctx);
    void (*post)(void* ctx, uint64_t token); /* ask for on_event(SANAD_EV_POST, token, 0) */
    const void* (*get_extension)(void* ctx, const char* id); /* sanad/extensions.h; NULL: none */
} sanad_host;

enum { SANAD_EV_POST = 1, SANAD_EV_TIMER = 2, SANAD_EV_FD = 3, SANAD_EV_CANCEL = 4 };
enum {
    SANAD_PF_CONCURRENT = 1u, /* call() may run on several threads at once */
    SANAD_PF_KEEP_LOADED = 2u /* never dlclose this library */
};

/* One configured instance; [strand] throughout. Worker threads only between start and stop. */
typedef struct sanad_plugin {
    uint32_t size, flags;
    void* self;
    sanad_status (*configure)(void* self, sanad_span config); /* a validated Config message */
    sanad_status (*start)(void* self);
    sanad_status (*call)(void* self, const sanad_call* call);
    void (*on_event)(void* self, uint32_t event, uint64_t token, uint64_t arg);
    sanad_status (*drain)(void* self, uint64_t deadline_ns); /* BUSY: call me again */
    sanad_status (*stop)(void* self); /* join every thread, close every descriptor */
    void (*destroy)(void* self);      /* the last call ever */
    const void* (*get_extension)(void* self, const char* id);
} sanad_plugin;

typedef struct sanad_entry {
    uint32_t magic, size;
    uint16_t abi_major, abi_minor;
    uint32_t reserved;
    const char *id, *version; /* equal to the manifest's */
    sanad_status (*create)(const sanad_host* host, const sanad_plugin** out); /* no I/O, < 5 ms */
} sanad_entry;

/* The only symbol a plugin exports. */
extern SANAD_EXPORT const sanad_entry sanad_plugin_entry_v1;

#ifdef __cplusplus
}
#endif
#endif
