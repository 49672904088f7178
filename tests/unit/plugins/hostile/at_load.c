/* A plugin that misbehaves as soon as its library is loaded, or says that it is another one. */
#include <sanad/plugin.h>
#include <stddef.h>
#include <unistd.h>

extern const char sanad_manifest_id[], sanad_manifest_version[];

__attribute__((constructor)) static void at_load(void) {
#if defined(ACT_spins)
    for (;;) pause();
#elif defined(ACT_exits)
    _exit(0);
#endif
}

static sanad_status create(const sanad_host *host, const sanad_plugin **out) {
    (void)host;
    *out = NULL;
    return SANAD_OK;
}

#ifdef ACT_liar
static const char id[] = "webchat";
#else
#define id sanad_manifest_id
#endif

const sanad_entry sanad_plugin_entry_v1 = {
    SANAD_MAGIC, sizeof(sanad_entry), SANAD_ABI_MAJOR, SANAD_ABI_MINOR, 0, id,
    sanad_manifest_version, create};
