/* SPDX-License-Identifier: Apache-2.0
 *
 * sanad/extensions.h: what a node may offer beyond its methods, by sanad_host.get_extension(id).
 * NULL means that this node does not. C11 and C++17; structures only ever grow at their end.
 *
 * A name below is one that the plugin's manifest asks for in `grants`, and mostly the name of a
 * field of the plugin's own configuration: who runs the node grants it by filling the field.
 * Descriptors are the caller's to close. Every function is [any thread].
 */
#ifndef SANAD_EXTENSIONS_H
#define SANAD_EXTENSIONS_H

#include <sanad/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A plugin with the grant net.own makes TCP and UDP sockets of its own, beside those below: for
 * media, whose ports are agreed on call by call. It is shown to who installs the plugin. */
#define SANAD_EXT_NET "sanad.net/1"
typedef struct sanad_net_v1 {
    uint32_t size, reserved;
    void* ctx;
    /* A listening TCP socket at the address and port that the fields <name>Address and <name>Port
     * of the configuration say. The node keeps it too: who connects while the plugin is started
     * anew waits. Grant: net.listen:<name>. */
    sanad_status (*listen)(void* ctx, const char* name, int* fd);
    /* A connected TCP socket; the node resolves the name. Grant: net.connect:<field>, a field that
     * holds a URL of this host and port. deadline_ns is on the node's clock, 0 is 30 seconds. */
    sanad_status (*connect)(void* ctx, const char* host, uint16_t port, uint64_t deadline_ns,
                            int* fd);
} sanad_net_v1;

#define SANAD_EXT_SECRET "sanad.secret/1"
typedef struct sanad_secret_v1 {
    uint32_t size, reserved;
    void* ctx;
    /* The file that the field `name` of the configuration names, to be read. Grant: secret:<name>,
     * and then only its owner may read it; or file:<name>. The name "system-trust", with the grant
     * file:system-trust, is no field: the authorities that this machine trusts, as PEM. A name
     * "<field>/<path>" with the grant folder:<field> is a file beneath the folder that the field
     * names; no link is followed, and the path has no "..".
     * SANAD_E_NOT_FOUND: there is no such file; SANAD_E_INVALID: it is no file, or others may read
     * it. */
    sanad_status (*open)(void* ctx, const char* name, int* fd);
} sanad_secret_v1;

#define SANAD_EXT_LOOP "sanad.loop/1"
enum { SANAD_READABLE = 1u, SANAD_WRITABLE = 2u, SANAD_HANGUP = 4u };
/* Waiting without a thread: what is waited for is told by on_event, on the strand, once. What waits
 * for the strand already is told even after it was taken back. Nothing is told from `stop` on.
 * Errors of all: SANAD_E_FULL: 1,024 timers or 256 descriptors; SANAD_E_CLOSED: from `stop` on. */
typedef struct sanad_loop_v1 {
    uint32_t size, reserved;
    void* ctx;
    /* on_event(SANAD_EV_TIMER, token, 0) after so many nanoseconds. The same token again: counted
     * anew, from now. */
    sanad_status (*start_timer)(void* ctx, uint64_t token, uint64_t after_ns);
    sanad_status (*stop_timer)(void* ctx, uint64_t token); /* SANAD_E_NOT_FOUND: none waits */
    /* on_event(SANAD_EV_FD, token, what) once `fd` is ready for what `events` names; `what` may
     * have SANAD_HANGUP beside it. The same descriptor again replaces what was said of it. */
    sanad_status (*watch)(void* ctx, int fd, uint32_t events, uint64_t token);
    /* Before it is closed. SANAD_E_NOT_FOUND: it was not watched, or was told. */
    sanad_status (*unwatch)(void* ctx, int fd);
} sanad_loop_v1;

#define SANAD_EXT_KV "sanad.kv/1"
enum { SANAD_KV_KEY_BYTES_MAX = 128, SANAD_KV_VALUE_BYTES_MAX = 16384 };
/* Small values of the instance's own, which outlive its process and its version: how far it has
 * read a mailbox, say. Never what a person wrote. Grant: kv:<bytes>, of all keys and values
 * together, at most 16 MiB. */
typedef struct sanad_kv_v1 {
    uint32_t size, reserved;
    void* ctx;
    sanad_status (*get)(void* ctx, sanad_span key, const sanad_sink* value); /* SANAD_E_NOT_FOUND */
    /* SANAD_OK: on disk. SANAD_E_FULL: more than was granted, nothing was changed. */
    sanad_status (*put)(void* ctx, sanad_span key, sanad_span value);
    sanad_status (*remove)(void* ctx, sanad_span key); /* SANAD_E_NOT_FOUND */
} sanad_kv_v1;

#define SANAD_EXT_METRICS "sanad.metrics/1"
/* Numbers for whoever runs the node: `sanad plugin info`. A name has 1..48 bytes of [a-z0-9_.]; an
 * instance has at most 64, later ones are dropped. They are seen after 6 seconds at the latest, and
 * start from nothing with the node. */
typedef struct sanad_metrics_v1 {
    uint32_t size, reserved;
    void* ctx;
    void (*count)(void* ctx, const char* name, uint64_t more); /* a sum */
    void (*gauge)(void* ctx, const char* name, uint64_t now);  /* the last one */
} sanad_metrics_v1;

#ifdef __cplusplus
}
#endif
#endif
