/* A whole plugin that breaks one rule, which -DACT_... chooses: one library for each, so that each
 * check of `sanad plugin check` is seen to fail on what it looks for, and on nothing else. Without
 * an act it breaks none. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sanad/methods.h>
#include <sanad/plugin.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

extern const char sanad_manifest_id[], sanad_manifest_version[];

struct bad {
    sanad_plugin table;
    const sanad_host* host;
    int configured, started, drained, calls;
    char* kept;
};

static void say(const struct bad* bad, const char* line, size_t size) {
    bad->host->log(bad->host->ctx, SANAD_LOG_INFO, line, size);
}

/* A View, with `reference` as its reference. */
static sanad_status ask_view(const struct bad* bad, const char* reference) {
    _Alignas(8) unsigned char request[40] = {0, 0, 0, 0, 4, 0, 0, 0, 0, 0,  0,
                                             0, 0, 0, 1, 0, 1, 0, 0, 0, 130};
    sanad_call call = {sizeof call, SANAD_M_VIEW, 1, 0, {request, sizeof request},
                       NULL,        NULL,         0, 0};
    memcpy(request + 24, reference, 16);
    return bad->host->call(bad->host->ctx, &call);
}

#if defined(ACT_submits_and_forgets) || defined(ACT_submits_anew)
/* A Submit of one short text into the conversation of `call`, if it is one of those that a check
 * looks into. */
static sanad_status submit(const struct bad* bad, const sanad_call* call, unsigned char key) {
    _Alignas(8) unsigned char request[80] = {0, 0, 0, 0, 9, 0,  0, 0, 0, 0,  0,
                                             0, 0, 0, 4, 0, 13, 0, 0, 0, 130};
    const char* names[] = {"heard-----------", "late------------", "lost------------"};
    sanad_call asked = {sizeof asked, SANAD_M_SUBMIT, 1, 0, {request, sizeof request},
                        NULL,         NULL,           0, 0};
    request[24] = 17, request[28] = 66; /* key */
    request[32] = 17, request[36] = 50; /* text */
    memset(request + 64, key, 8);
    memcpy(request + 72, "Hello", 6);
    for (size_t n = 0; n < 3; ++n) {
        if (!memmem(call->request.data, call->request.size, names[n], 16)) continue;
        memcpy(request + 48, names[n], 16);
        return bad->host->call(bad->host->ctx, &asked);
    }
    return SANAD_OK;
}
#endif

static sanad_status configure(void* self, sanad_span config) {
    struct bad* bad = self;
    bad->configured = 1;
    return config.size % 8 == 0 ? SANAD_OK : SANAD_E_INVALID;
}

static sanad_status start(void* self) {
    struct bad* bad = self;
    bad->started = 1;
    say(bad, "bad.started", 11);
#if defined(ACT_thread_stays)
    /* In the system's own code, so that it does not crash when this one is gone. */
    pthread_t thread;
    void* (*work)(void*) = (void* (*)(void*))(void (*)(void))sleep;
    return pthread_create(&thread, NULL, work, (void*)1000) == 0 ? SANAD_OK : SANAD_E_INTERNAL;
#elif defined(ACT_descriptor_stays)
    return dup(0) >= 0 ? SANAD_OK : SANAD_E_IO;
#elif defined(ACT_says_a_sentence)
    say(bad, "Here I am, ready to work!", 25);
#elif defined(ACT_says_a_lot)
    static char line[2000];
    memset(line, 'a', sizeof line);
    say(bad, line, sizeof line);
#elif defined(ACT_needs_grants)
    if (ask_view(bad, "0123456789abcdef") == SANAD_E_DENIED) abort();
#elif defined(ACT_calls_what_is_not_its_own)
    sanad_call call = {sizeof call, SANAD_M_STATUS, 1, 0, {"aligned?", 8}, NULL, NULL, 0, 0};
    bad->host->call(bad->host->ctx, &call);
#elif defined(ACT_calls_without_a_message)
    sanad_call call = {sizeof call, SANAD_M_SUBMIT, 1, 0, {NULL, 0}, NULL, NULL, 0, 0};
    bad->host->call(bad->host->ctx, &call);
#endif
    return SANAD_OK;
}

static int holds(const sanad_call* call, const char* text) {
    return call->request.size > 0 &&
           memmem(call->request.data, call->request.size, text, strlen(text)) != NULL;
}

static sanad_status answer(const sanad_call* call) {
    /* An Outcome or HealthReply with all defaults: one segment of one word, an empty struct. */
    static const unsigned char reply[16] = {0, 0, 0, 0, 1, 0, 0, 0, 0xfc, 0xff, 0xff, 0xff};
    void* memory;
    if (!call->reply) return SANAD_OK;
    memory = call->reply->reserve(call->reply->ctx, sizeof reply);
#ifdef ACT_full_is_done
    if (!memory) return SANAD_OK;
#endif
    if (!memory) return SANAD_E_FULL;
    memcpy(memory, reply, sizeof reply);
    call->reply->commit(call->reply->ctx, sizeof reply);
    return SANAD_OK;
}

static sanad_status call(void* self, const sanad_call* call) {
    struct bad* bad = self;
    const unsigned char* bytes = call->request.data;
    (void)bytes, (void)holds, (void)ask_view;
    ++bad->calls;
    if (call->method == SANAD_M_HEALTH) {
#ifdef ACT_has_no_health
        return SANAD_E_UNSUPPORTED;
#endif
        return answer(call);
    }
    if (call->method != SANAD_M_DELIVER && call->method != SANAD_M_DISPATCH) {
#ifdef ACT_knows_every_method
        return answer(call);
#endif
        return SANAD_E_UNSUPPORTED;
    }
    if (call->request.size < 16 || call->request.size > 256 * 1024) {
#ifdef ACT_ends_at_long_texts
        if (call->request.size > 1000 * 1000) abort();
#endif
#ifndef ACT_trusts_messages
        return SANAD_E_INVALID;
#endif
    }
#if defined(ACT_trusts_messages)
    int32_t words; /* from the root's pointer to the root */
    memcpy(&words, bytes + 8, sizeof words);
    if (*(volatile const unsigned char*)(bytes + 16 + (ptrdiff_t)(words >> 2) * 8) == 0x77)
        return SANAD_E_INVALID;
#elif defined(ACT_refuses_newer)
    if (bytes[12] > 2 || bytes[14] > 6)
        return SANAD_E_INVALID; /* words and pointers of the struct */
#elif defined(ACT_ends_at_arabic)
    if (holds(call, "\xd8\xa3\xd8\xb1\xd9\x8a\xd8\xaf")) abort();
#elif defined(ACT_repeats_a_child)
    if (holds(call, "throw ")) say(bad, "bad.text text=Nightingale-under-the-stairs", 42);
#elif defined(ACT_grows)
    bad->kept = realloc(bad->kept, (size_t)bad->calls * 4096);
    if (!bad->kept) abort();
    memset(bad->kept + ((size_t)bad->calls - 1) * 4096, 1, 4096);
#elif defined(ACT_is_late)
    if (call->deadline_ns != 0 && call->deadline_ns < bad->host->now_ns(bad->host->ctx)) sleep(2);
#elif defined(ACT_hangs)
    while (holds(call, "statuses")) sleep(1);
#elif defined(ACT_refuses_again)
    if (holds(call, "again") && bad->calls % 2 == 0) return SANAD_E_CONFLICT;
#elif defined(ACT_submits_and_forgets)
    submit(bad, call, 'k');
#elif defined(ACT_submits_anew)
    if (submit(bad, call, (unsigned char)bad->calls) != SANAD_OK) return SANAD_E_BUSY;
#elif defined(ACT_answers_nonsense)
    if (call->reply && holds(call, "texts")) {
        unsigned char* memory = call->reply->reserve(call->reply->ctx, 16);
        if (!memory) return SANAD_E_FULL;
        memset(memory, 0xab, 16);
        call->reply->commit(call->reply->ctx, 16);
        return SANAD_OK;
    }
#elif defined(ACT_ends_at_a_status)
    if (holds(call, "statuses") && ask_view(bad, "0123456789abcdef") == SANAD_E_NOMEM) abort();
#elif defined(ACT_asks_for_others)
    if (holds(call, "its own")) ask_view(bad, "0123456789abcdef");
#elif defined(ACT_knows_no_withdrawal)
    if (call->request.size > 24 && bytes[20] == 1)
        return SANAD_E_UNSUPPORTED; /* kind, behind attempt */
#endif
    return answer(call);
}

static void on_event(void* self, uint32_t event, uint64_t token, uint64_t arg) {
    (void)self, (void)event, (void)token, (void)arg;
}

static sanad_status drain(void* self, uint64_t deadline_ns) {
    struct bad* bad = self;
    (void)deadline_ns;
#ifdef ACT_drains_once
    if (bad->drained) return SANAD_E_INVALID;
#endif
    bad->drained = 1;
    return SANAD_OK;
}

static sanad_status stop(void* self) {
    (void)self;
    return SANAD_OK;
}

static void destroy(void* self) {
    struct bad* bad = self;
#if defined(ACT_needs_a_start)
    if (bad->configured && !bad->started) abort();
#elif defined(ACT_posts_at_its_end)
    bad->host->post(bad->host->ctx, 1);
#endif
    free(bad->kept);
#if !defined(ACT_leaks) && !defined(ACT_is_one_object)
    free(bad);
#endif
}

static const void* get_extension(void* self, const char* id) {
    (void)self, (void)id;
    return NULL;
}

#if defined(ACT_unique) || defined(ACT_thread_local)
int sanad_pinned(void);
#elif defined(ACT_exports_more)
SANAD_EXPORT int sanad_other = 1;
#endif

static sanad_status create(const sanad_host* host, const sanad_plugin** out) {
    struct bad* bad;
#if defined(ACT_opens_at_create)
    (void)!open("/etc/hostname", O_RDONLY);
#elif defined(ACT_is_slow_to_create)
    struct timespec begin, now;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    do clock_gettime(CLOCK_MONOTONIC, &now);
    while ((now.tv_sec - begin.tv_sec) * 1000 + (now.tv_nsec - begin.tv_nsec) / 1000000 < 8);
#elif defined(ACT_forks_perhaps)
    if (!host) (void)!fork();
#elif defined(ACT_unique) || defined(ACT_thread_local)
    if (sanad_pinned() < 0) return SANAD_E_INTERNAL;
#endif
#ifdef ACT_is_one_object
    static struct bad only;
    bad = &only;
    *bad = (struct bad){0};
#elif defined(ACT_leaks)
    bad = calloc(1, 64 * 1024);
    if (bad) memset(bad + 1, 1, 64 * 1024 - sizeof *bad);
#else
    bad = calloc(1, sizeof *bad);
#endif
    if (!bad) return SANAD_E_NOMEM;
    bad->table = (sanad_plugin){
        sizeof(sanad_plugin), 0, bad, configure, start, call, on_event, drain, stop, destroy,
        get_extension};
    bad->host = host;
#ifdef ACT_calls_in_create
    ask_view(bad, "0123456789abcdef");
#endif
    *out = &bad->table;
    return SANAD_OK;
}

const sanad_entry sanad_plugin_entry_v1 = {
    SANAD_MAGIC, sizeof(sanad_entry), SANAD_ABI_MAJOR,        SANAD_ABI_MINOR,
    0,           sanad_manifest_id,   sanad_manifest_version, create};
