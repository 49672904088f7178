#pragma once

#include "core/base/bytes.h"
#include "core/base/result.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// A plugin's settings, checked against the `struct Config` that it ships, before any of its code
// runs.
namespace sanad::plugins {

inline constexpr std::size_t config_json_bytes_max = 64U << 10;
inline constexpr unsigned config_nesting_max = 8;
inline constexpr std::size_t config_pairs_max = 256;

/// threads  one at a time
class Configuration {
public:
    /// config_schema  of PluginFile: what the schema compiler says about the plugin's config.capnp
    /// errors         malformed; not_found: there is no struct Config in it
    static Result<std::unique_ptr<Configuration>> load(ByteView config_schema);
    ~Configuration();
    Configuration(const Configuration&) = delete;
    Configuration& operator=(const Configuration&) = delete;

    /// One JSON object; fields left out have the schema's defaults. Refused, naming the field's
    /// path such as `limits.perMinute`: a field that is unknown or given twice, a value of another
    /// type (also a text for a number), out of range, with a fraction, or no name of its
    /// enumeration; and whatever breaks a rule of sanad/config.capnp.
    ///
    /// returns  one flat Cap'n Proto message, 8-byte aligned, for Instance::configure
    /// errors   malformed (no JSON), bad_size, invalid
    Result<Bytes> from_json(std::string_view json) const;

    /// The top-level fields of a configuration that are text or whole numbers, as text: with the
    /// schema's defaults.
    ///
    /// config  what from_json() returned
    std::map<std::string, std::string> fields(ByteView config) const;

    /// What can be set, and as what: each field's path with dots, such as `limits.perMinute`, and
    /// its type, such as "whole number". Lists and choices stand for themselves.
    std::map<std::string, std::string> settings() const;

    /// The same from `key = value` settings. A key is a field's path with dots; a value is written
    /// as the field's type wants it: a number, true or false, an enumeration's name, or any text.
    /// Lists and data can only be given as JSON.
    /// errors  bad_size, invalid
    Result<Bytes> from_pairs(const std::vector<std::pair<std::string, std::string>>& pairs) const;

private:
    struct Schema;
    explicit Configuration(std::unique_ptr<Schema> schema);
    std::unique_ptr<Schema> schema_;
};

}  // namespace sanad::plugins
