/* A whole plugin in plain C11, with nothing of the SDK but its headers: it answers health, nothing else. */
#include <sanad/methods.h>
#include <sanad/plugin.h>
#include <stdlib.h>
#include <string.h>

extern const char sanad_manifest_id[], sanad_manifest_version[];
struct plain { sanad_plugin table; const sanad_host *host; };

static sanad_status configure(void *self, sanad_span c) { return (void)self, c.size % 8 ? SANAD_E_INVALID : SANAD_OK; }
static sanad_status drain(void *self, uint64_t until) { return (void)self, (void)until, SANAD_OK; }
static sanad_status stop(void *self) { return (void)self, SANAD_OK; }
static void on_event(void *self, uint32_t e, uint64_t t, uint64_t a) { (void)self, (void)e, (void)t, (void)a; }
static const void *get_extension(void *self, const char *id) { return (void)self, (void)id, NULL; }
static sanad_status start(void *self) {
    static const char line[] = "plain.started language=c";
    const struct plain *plain = self;
    plain->host->log(plain->host->ctx, SANAD_LOG_INFO, line, sizeof line - 1);
    return SANAD_OK;
}
static sanad_status call(void *self, const sanad_call *call) {
    /* A HealthReply with all defaults: one segment of one word, a null struct. */
    static const unsigned char healthy[16] = {0, 0, 0, 0, 1};
    (void)self;
    if (call->method != SANAD_M_HEALTH) return SANAD_E_UNSUPPORTED;
    void *reply = call->reply ? call->reply->reserve(call->reply->ctx, sizeof healthy) : NULL;
    if (!reply) return call->reply ? SANAD_E_FULL : SANAD_OK;
    memcpy(reply, healthy, sizeof healthy);
    call->reply->commit(call->reply->ctx, sizeof healthy);
    return SANAD_OK;
}
static sanad_status create(const sanad_host *host, const sanad_plugin **out) {
    struct plain *plain = calloc(1, sizeof *plain);
    if (!plain) return SANAD_E_NOMEM;
    plain->table = (sanad_plugin){sizeof(sanad_plugin), 0, plain, configure, start, call, on_event, drain,
                                  stop, free, get_extension};
    plain->host = host;
    *out = &plain->table;
    return SANAD_OK;
}

const sanad_entry sanad_plugin_entry_v1 = {SANAD_MAGIC, sizeof(sanad_entry), SANAD_ABI_MAJOR, SANAD_ABI_MINOR, 0,
                                           sanad_manifest_id, sanad_manifest_version, create};
