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
     * file:system-trust, is no field: the authorities that this machine trusts, as PEM.
     * SANAD_E_NOT_FOUND: there is no such file; SANAD_E_INVALID: it is no file, or others may read
     * it. */
    sanad_status (*open)(void* ctx, const char* name, int* fd);
} sanad_secret_v1;

#ifdef __cplusplus
}
#endif
#endif
