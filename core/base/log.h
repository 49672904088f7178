#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace sanad {

/// The node's log: an event name that never changes, then fields. Never what a person wrote, a
/// name, a number, an address or a key; cases and entries appear by id.
class Log {
public:
    enum class Level : std::uint8_t { debug, info, warn, error };
    using Field = std::pair<std::string_view, std::string>;
    using Fields = std::initializer_list<Field>;

    virtual ~Log() = default;

    void debug(std::string_view event, Fields fields = {}) { write(Level::debug, event, fields); }
    void info(std::string_view event, Fields fields = {}) { write(Level::info, event, fields); }
    void warn(std::string_view event, Fields fields = {}) { write(Level::warn, event, fields); }
    void error(std::string_view event, Fields fields = {}) { write(Level::error, event, fields); }

protected:
    /// threads  any
    virtual void write(Level level, std::string_view event, Fields fields) = 0;
};

/// One line an event on stderr: `2026-11-24T02:00:00.123Z warn federation.push_refused peer=tn`.
class StderrLog final : public Log {
public:
    explicit StderrLog(Level least) : least_(least) {}

protected:
    void write(Level level, std::string_view event, Fields fields) override;

private:
    Level least_;
};

/// For tests and tools that have nobody to tell.
class NullLog final : public Log {
protected:
    void write(Level, std::string_view, Fields) override {}
};

}  // namespace sanad
