#include "plugins/channels/email/packed.h"

#include <zlib.h>

#include <algorithm>
#include <cstdint>

namespace sanad::email {
namespace {

constexpr std::size_t step_bytes = 64U << 10;
constexpr std::size_t end_record_bytes = 22;
constexpr std::size_t central_record_bytes = 46;
constexpr std::size_t local_record_bytes = 30;
constexpr std::size_t comment_bytes_max = 65'535;

std::uint32_t number(std::string_view bytes, std::size_t at, std::size_t size) {
    std::uint32_t value = 0;
    for (std::size_t i = size; i > 0; --i)
        value = value << 8 | static_cast<unsigned char>(bytes[at + i - 1]);
    return value;
}

// Where the bytes of an entry are, behind its local record.
std::optional<std::string_view> packed_bytes(std::string_view bytes, std::size_t offset,
                                             std::size_t size) {
    if (offset > bytes.size() || bytes.size() - offset < local_record_bytes ||
        bytes.substr(offset, 4) != "PK\3\4")
        return {};
    const std::size_t begin =
        offset + local_record_bytes + number(bytes, offset + 26, 2) + number(bytes, offset + 28, 2);
    if (begin > bytes.size() || bytes.size() - begin < size) return {};
    return bytes.substr(begin, size);
}

class Inflater {
public:
    explicit Inflater(Wrapping wrapping)
        : ready_(inflateInit2(&stream_, wrapping == Wrapping::raw ? -MAX_WBITS : MAX_WBITS) ==
                 Z_OK) {}
    ~Inflater() {
        if (ready_) inflateEnd(&stream_);
    }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    std::optional<std::string> run(std::string_view packed, std::size_t bytes_max) {
        if (!ready_ || packed.size() > UINT32_MAX) return {};
        // zlib does not write through it.
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
        stream_.avail_in = static_cast<uInt>(packed.size());
        std::string out;
        for (int state = Z_OK; state == Z_OK;) {
            const std::size_t before = out.size();
            if (before > bytes_max) return {};
            out.resize(before + step_bytes);
            stream_.next_out = reinterpret_cast<Bytef*>(out.data() + before);
            stream_.avail_out = step_bytes;
            state = inflate(&stream_, Z_NO_FLUSH);
            out.resize(out.size() - stream_.avail_out);
            if (state == Z_OK && out.size() == before) break;  // it is cut
        }
        if (out.size() > bytes_max || out.empty()) return {};
        return out;
    }

private:
    z_stream stream_{};
    bool ready_;
};

}  // namespace

std::optional<std::string> inflate_bytes(std::string_view packed, Wrapping wrapping,
                                         std::size_t bytes_max) {
    return Inflater(wrapping).run(packed, bytes_max);
}

std::optional<std::vector<Entry>> entries_of_zip(std::string_view bytes) {
    if (bytes.size() < end_record_bytes) return {};
    const std::size_t least =
        bytes.size() - std::min(bytes.size(), end_record_bytes + comment_bytes_max);
    const auto end = bytes.rfind("PK\5\6", bytes.size() - end_record_bytes);
    if (end == bytes.npos || end < least) return {};
    const std::size_t count = number(bytes, end + 10, 2);
    std::size_t at = number(bytes, end + 16, 4);
    if (count > packed_entries_max) return {};
    std::vector<Entry> entries;
    for (std::size_t i = 0; i < count; ++i) {
        if (at > end || end - at < central_record_bytes || bytes.substr(at, 4) != "PK\1\2")
            return {};
        const std::size_t name_size = number(bytes, at + 28, 2);
        const std::size_t more = number(bytes, at + 30, 2) + number(bytes, at + 32, 2);
        if (end - at - central_record_bytes < name_size) return {};
        const bool locked = (number(bytes, at + 8, 2) & 1U) != 0;
        const auto packed =
            packed_bytes(bytes, number(bytes, at + 42, 4), number(bytes, at + 20, 4));
        if (locked || !packed) return {};
        entries.push_back({std::string(bytes.substr(at + central_record_bytes, name_size)), *packed,
                           number(bytes, at + 10, 2)});
        at += central_record_bytes + name_size + more;
    }
    return entries;
}

std::optional<std::string> unpack(const Entry& entry, std::size_t bytes_max) {
    if (entry.method == 0 && entry.packed.size() <= bytes_max) return std::string(entry.packed);
    if (entry.method == 8) return inflate_bytes(entry.packed, Wrapping::raw, bytes_max);
    return {};
}

}  // namespace sanad::email
