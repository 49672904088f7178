#pragma once

#include <fcntl.h>
#include <unistd.h>
#include <sanad/message.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

// Tables as one file: for each its name, the number of rows, and the rows; each text after its
// size.
namespace name_of_plugin {

using Rows = std::map<std::string, std::string, std::less<>>;  // in memcmp order
struct Table {
    std::string name;
    std::shared_ptr<const Rows> rows;
};

inline std::string bytes_of(const std::vector<Table>& tables) {
    std::string bytes = "tables 1";
    const auto number = [&](std::uint64_t n) {
        bytes.append(reinterpret_cast<char*>(&n), sizeof n);
    };
    const auto text = [&](std::string_view t) { number(t.size()), bytes.append(t); };
    number(tables.size());
    for (const Table& table : tables) {
        text(table.name);
        number(table.rows->size());
        for (const auto& [key, value] : *table.rows) text(key), text(value);
    }
    return bytes;
}

/// throws  Error: the bytes are none of bytes_of
inline std::vector<Table> tables_of(std::string_view bytes) {
    const auto take = [&](std::uint64_t size) {
        if (size > bytes.size()) throw sanad::plugin::Error(SANAD_E_IO, "store.damaged");
        const std::string_view taken = bytes.substr(0, size);
        bytes.remove_prefix(size);
        return taken;
    };
    const auto number = [&] {
        std::uint64_t n = 0;
        take(sizeof n).copy(reinterpret_cast<char*>(&n), sizeof n);
        return n;
    };
    const auto text = [&] { return std::string(take(number())); };
    if (take(8) != "tables 1") throw sanad::plugin::Error(SANAD_E_IO, "store.damaged");
    std::vector<Table> tables;
    for (auto left = number(); left > 0; --left) {
        std::string name = text();
        auto rows = std::make_shared<Rows>();
        for (auto rows_left = number(); rows_left > 0; --rows_left) {
            std::string key = text();
            rows->emplace(std::move(key), text());
        }
        tables.push_back({std::move(name), std::move(rows)});
    }
    if (!bytes.empty()) throw sanad::plugin::Error(SANAD_E_IO, "store.damaged");
    return tables;
}

inline bool write_whole(int file, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(file, bytes.data(), bytes.size());
        if (written <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

inline std::string read_whole(int file) {
    std::string bytes;
    char piece[1 << 16];
    for (ssize_t got; (got = ::read(file, piece, sizeof piece)) != 0;) {
        if (got < 0) throw sanad::plugin::Error(SANAD_E_IO, "store.unreadable");
        bytes.append(piece, static_cast<std::size_t>(got));
    }
    return bytes;
}

/// The old content or the new one after a power cut, never a part of one.
inline bool replace_file(const std::string& path, std::string_view bytes) {
    const std::string next = path + ".next", folder = path.substr(0, path.rfind('/') + 1);
    const int file = ::open(next.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    const bool written = file >= 0 && write_whole(file, bytes) && ::fsync(file) == 0;
    if (file >= 0) ::close(file);
    if (!written || ::rename(next.c_str(), path.c_str()) != 0) return false;
    const int holder = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_CLOEXEC);
    const bool kept = holder >= 0 && ::fsync(holder) == 0;
    if (holder >= 0) ::close(holder);
    return kept;
}

}  // namespace name_of_plugin
