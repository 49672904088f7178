#pragma once

#include "plugins/storage/postgres/connection.h"

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace sanad::postgres {

/// What a transaction has read and written, in its own memory: a second look costs nothing, a value
/// stays where it is until it is overwritten, and writes go to the server together.
class Cells {
public:
    /// Null: nothing is known of that key. An empty value: there is none.
    const std::optional<std::string>* find(std::uint32_t table, sanad_span key) const;
    /// From the server; what was written here stays.
    const std::optional<std::string>& remember(std::uint32_t table, sanad_span key,
                                               std::optional<std::string> value);
    /// Without a value: a deletion.
    void write(std::uint32_t table, sanad_span key, std::optional<std::string> value);

    bool has_writes(std::uint32_t table) const;
    /// Adds statements for what was written since the last time, in the order of keys. Borrowed
    /// values are copied.
    void add_writes(Batch& batch);

private:
    struct Key {
        std::uint32_t table;
        std::string key;
    };
    struct Before {
        using is_transparent = void;
        using View = std::pair<std::uint32_t, std::string_view>;
        static View view(const Key& key) { return {key.table, key.key}; }
        static View view(const View& key) { return key; }
        // char_traits compare as unsigned, which is the server's order.
        bool operator()(const auto& left, const auto& right) const {
            return view(left) < view(right);
        }
    };
    struct Cell {
        std::optional<std::string> value;
        bool is_written = false;  // and not yet sent
    };

    std::map<Key, Cell, Before> cells_;
    std::map<std::uint32_t, std::size_t> written_;  // how many cells of a table
};

}  // namespace sanad::postgres
