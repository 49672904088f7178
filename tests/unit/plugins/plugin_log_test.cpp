#include "core/plugins/plugin_log.h"

#include "tests/unit/plugins/recording_log.h"

#include <catch2/catch.hpp>

namespace sanad::plugins {
namespace {

TEST_CASE("a structured line goes into the node's log with the plugin's name") {
    RecordingLog log;
    SetClock clock;
    PluginLog plugin_log("webchat", log, clock);
    plugin_log.take(SANAD_LOG_INFO, "webchat.opened page=3 language=ar");
    CHECK(log.lines() ==
          std::vector<std::string>{
              "info plugin.said plugin=webchat line=webchat.opened page=3 language=ar"});
}

TEST_CASE("a sentence, which may be a person's, is not shown") {
    RecordingLog log;
    SetClock clock;
    PluginLog plugin_log("webchat", log, clock);
    for (const char* line : {"I am afraid to go home", "event text=a b", "Event", "", " ",
                             "event  a=b", "event a=\xd9\x85", "event =x", "event a"})
        plugin_log.take(SANAD_LOG_WARN, line);
    CHECK(log.lines().size() == 9);
    for (const std::string& line : log.lines())
        CHECK(line == "warn plugin.line_refused plugin=webchat");
    const std::string longest(plugin_log_word_bytes_max, 'x');
    plugin_log.take(SANAD_LOG_INFO, "event a=" + longest);
    CHECK(log.lines().back().starts_with("info plugin.said"));
    plugin_log.take(SANAD_LOG_INFO, "event a=x" + longest);
    CHECK(log.lines().back().starts_with("warn plugin.line_refused"));
}

TEST_CASE("a line is cut at its limit") {
    RecordingLog log;
    SetClock clock;
    PluginLog plugin_log("webchat", log, clock);
    std::string line = "event";
    while (line.size() < plugin_log_line_bytes_max + 100) line += " field=value";
    plugin_log.take(SANAD_LOG_INFO, line);
    CHECK(log.lines().back().size() <= plugin_log_line_bytes_max + 50);
}

TEST_CASE("a plugin that says too much is cut off until the next minute, and counted") {
    RecordingLog log;
    SetClock clock;
    PluginLog plugin_log("webchat", log, clock);
    for (int i = 0; i < plugin_log_lines_per_minute; ++i) plugin_log.take(SANAD_LOG_INFO, "event");
    CHECK(log.lines().size() == plugin_log_lines_per_minute);
    for (int i = 0; i < 5; ++i) plugin_log.take(SANAD_LOG_INFO, "event");
    CHECK(log.lines().size() == plugin_log_lines_per_minute);
    clock.advance(Duration(60'000));
    plugin_log.take(SANAD_LOG_INFO, "event");
    CHECK(log.lines()[plugin_log_lines_per_minute] ==
          "warn plugin.lines_dropped plugin=webchat count=5");
    CHECK(log.lines().size() == plugin_log_lines_per_minute + 2);
}

TEST_CASE("the code of the newest error line is kept for the error of a step") {
    RecordingLog log;
    SetClock clock;
    PluginLog plugin_log("lmdb", log, clock);
    plugin_log.take(SANAD_LOG_ERROR, "plugin.exception in=start code=lmdb.in_use");
    plugin_log.take(SANAD_LOG_INFO, "event code=other");
    CHECK(plugin_log.last_code() == "lmdb.in_use");
    plugin_log.forget_code();
    CHECK(plugin_log.last_code().empty());
}

}  // namespace
}  // namespace sanad::plugins
