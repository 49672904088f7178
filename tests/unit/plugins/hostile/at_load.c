/* A plugin that misbehaves as soon as its library is loaded, or says that it is another one. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <sanad/plugin.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <unistd.h>

extern const char sanad_manifest_id[], sanad_manifest_version[];

__attribute__((constructor)) static void at_load(void) {
#if defined(ACT_spins)
    for (;;) poll(NULL, 0, -1);
#elif defined(ACT_exits)
    _exit(0);
#elif defined(ACT_tries) /* whatever succeeds ends it */
    if (open("/etc/passwd", O_RDONLY) >= 0) _exit(10);
    if (open("/tmp/sanad-hostile", O_WRONLY | O_CREAT, 0600) >= 0) _exit(11);
    if (open("/proc/self/environ", O_RDONLY) >= 0) _exit(12);
    if (socket(AF_INET, SOCK_STREAM, 0) >= 0) _exit(13);
    if (socket(AF_UNIX, SOCK_STREAM, 0) >= 0) _exit(14);
    if (unlink("/tmp/sanad-hostile") == 0) _exit(15);
    if (mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
        MAP_FAILED)
        _exit(16);
#elif defined(ACT_forks)
    if (fork() == 0) _exit(0);
#elif defined(ACT_execs)
    char *words[] = {NULL};
    execv("/bin/true", words);
#elif defined(ACT_traces)
    ptrace(PTRACE_ATTACH, getppid(), NULL, NULL);
#elif defined(ACT_kills)
    kill(getppid(), SIGTERM);
#endif
}

/* No plugin: what came so far gets SANAD_E_UNSUPPORTED. */
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
