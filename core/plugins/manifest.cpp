#include "core/plugins/manifest.h"

#include "core/base/message.h"

#include <elf.h>
#include <fcntl.h>
#include <sanad/plugin.capnp.h>
#include <sanad/plugin.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string_view>

namespace sanad::plugins {

namespace {

#if defined(__x86_64__)
constexpr Elf64_Half machine = EM_X86_64;
#elif defined(__aarch64__)
constexpr Elf64_Half machine = EM_AARCH64;
#else
#error "Sanad runs on 64-bit x86 and ARM"
#endif
static_assert(std::endian::native == std::endian::little);

// A structure at an offset of the file; empty when it is not all inside.
template <typename Struct>
std::optional<Struct> at(ByteView file, std::uint64_t offset) {
    if (offset > file.size() || file.size() - offset < sizeof(Struct)) return std::nullopt;
    Struct found;
    std::memcpy(&found, file.data() + offset, sizeof found);
    return found;
}

std::optional<ByteView> range(ByteView file, std::uint64_t offset, std::uint64_t size) {
    if (offset > file.size() || size > file.size() - offset) return std::nullopt;
    return file.subspan(offset, size);
}

Result<Elf64_Ehdr> read_header(ByteView file) {
    const auto header = at<Elf64_Ehdr>(file, 0);
    if (file.size() < SELFMAG || std::memcmp(file.data(), ELFMAG, SELFMAG) != 0)
        return fail(Fault::malformed, "not a shared library");
    if (!header) return fail(Fault::malformed, "cut off: no whole ELF header");
    if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB ||
        header->e_machine != machine)
        return fail(Fault::unsupported, "built for another processor");
    if (header->e_type != ET_DYN) return fail(Fault::malformed, "not a shared library");
    if (header->e_shentsize != sizeof(Elf64_Shdr) || header->e_shnum == 0 ||
        header->e_shnum > plugin_sections_max || header->e_shstrndx >= header->e_shnum)
        return fail(Fault::malformed, "its section table is damaged");
    return *header;
}

// The zero-terminated name of a section; empty when it lies outside the table of names.
std::string_view section_name(ByteView names, std::uint32_t offset) {
    if (offset >= names.size()) return {};
    const std::string_view rest = text_of(names.subspan(offset));
    const std::size_t end = rest.find('\0');
    return end == rest.npos ? std::string_view() : rest.substr(0, end);
}

Result<ByteView> find_section(ByteView file, const Elf64_Ehdr& header, std::string_view wanted) {
    const auto section = [&](unsigned number) {
        const std::uint64_t offset = std::uint64_t{number} * sizeof(Elf64_Shdr);
        const bool overflows = header.e_shoff > ~std::uint64_t{0} - offset;
        return overflows ? std::nullopt : at<Elf64_Shdr>(file, header.e_shoff + offset);
    };
    const auto names_header = section(header.e_shstrndx);
    if (!names_header) return fail(Fault::malformed, "cut off: no section table");
    const auto names = range(file, names_header->sh_offset, names_header->sh_size);
    if (!names) return fail(Fault::malformed, "cut off: no section names");
    for (unsigned number = 0; number < header.e_shnum; ++number) {
        const auto found = section(number);
        if (!found) return fail(Fault::malformed, "cut off: no whole section table");
        if (found->sh_type != SHT_PROGBITS || section_name(*names, found->sh_name) != wanted)
            continue;
        if (found->sh_size > plugin_section_bytes_max)
            return fail(Fault::bad_size, std::string(wanted) + " is too long");
        const auto content = range(file, found->sh_offset, found->sh_size);
        if (!content) return fail(Fault::malformed, "cut off: no whole " + std::string(wanted));
        return *content;
    }
    return fail(Fault::not_found, "not a Sanad plugin: no section " + std::string(wanted));
}

bool is_id(std::string_view id) {
    return !id.empty() && id.size() <= 31 &&
           id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == id.npos;
}

Result<Manifest> take(plugin::schema::Manifest::Reader from) {
    Manifest manifest;
    bool fits = true;
    const auto text = [&fits](capnp::Text::Reader given) {
        fits = fits && given.size() <= manifest_text_bytes_max;
        return fits ? from_text(given) : std::string();
    };
    const auto kind = static_cast<unsigned>(from.getKind());
    if (kind > static_cast<unsigned>(Kind::assist))
        return fail(Fault::unsupported, "manifest: a kind of plugin this node does not know");
    manifest.kind = static_cast<Kind>(kind);
    manifest.id = text(from.getId());
    manifest.version = text(from.getVersion());
    manifest.abi_major = from.getAbiMajor();
    manifest.abi_minor = from.getAbiMinor();
    manifest.license = text(from.getLicense());
    const auto title = from.getTitle();
    manifest.title = {text(title.getEn()), text(title.getFr()), text(title.getAr())};
    manifest.contact = text(from.getContact());
    const auto grants = from.getGrants();
    if (grants.size() > plugin_grants_max)
        return fail(Fault::bad_size, "manifest: too many grants");
    for (const auto grant : grants) manifest.grants.push_back(text(grant));
    if (!fits) return fail(Fault::bad_size, "manifest: a text is too long");
    if (!is_id(manifest.id)) return fail(Fault::malformed, "manifest: bad id");
    return manifest;
}

Result<void> check_abi(const Manifest& manifest) {
    if (manifest.abi_major == SANAD_ABI_MAJOR && manifest.abi_minor <= SANAD_ABI_MINOR) return {};
    return fail(Fault::unsupported,
                manifest.id + " needs plugin ABI " + std::to_string(manifest.abi_major) + "." +
                    std::to_string(manifest.abi_minor) + ", this node has " +
                    std::to_string(SANAD_ABI_MAJOR) + "." + std::to_string(SANAD_ABI_MINOR) +
                    ": use a build of the plugin made for this node");
}

std::unexpected<Error> cannot_open(int error) {
    if (error == ENOENT || error == ENOTDIR) return fail(Fault::not_found, "no such file");
    if (error == EACCES || error == EPERM) return fail(Fault::denied, "may not be read");
    return fail(Fault::io, std::strerror(error));
}

}  // namespace

Result<PluginFile> read_plugin(ByteView library) {
    const auto header = read_header(library);
    if (!header) return std::unexpected(header.error());
    const auto manifest_bytes = find_section(library, *header, ".sanad.manifest");
    if (!manifest_bytes) return std::unexpected(manifest_bytes.error());
    const auto schema = find_section(library, *header, ".sanad.config");
    if (!schema) return std::unexpected(schema.error());
    const auto manifest = read_message<plugin::schema::Manifest>(*manifest_bytes, take);
    if (!manifest) return fail(manifest.error().fault, "manifest: " + manifest.error().detail);
    if (const auto fits = check_abi(*manifest); !fits) return std::unexpected(fits.error());
    return PluginFile{*manifest, Bytes(schema->begin(), schema->end())};
}

Result<Descriptor> open_plugin(const std::filesystem::path& file) {
    Descriptor library(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!library) return cannot_open(errno);
    return library;
}

Result<Bytes> read_library(const Descriptor& file) {
    struct stat facts{};
    if (::fstat(file.get(), &facts) != 0) return cannot_open(errno);
    if (!S_ISREG(facts.st_mode)) return fail(Fault::malformed, "not a file");
    if (static_cast<std::size_t>(facts.st_size) > plugin_file_bytes_max)
        return fail(Fault::bad_size, "larger than a plugin may be");
    Bytes library(static_cast<std::size_t>(facts.st_size));
    std::size_t got = 0;
    while (got < library.size()) {
        const ssize_t more = ::pread(file.get(), library.data() + got, library.size() - got,
                                     static_cast<off_t>(got));
        if (more < 0 && errno == EINTR) continue;
        if (more < 0) return cannot_open(errno);
        if (more == 0) break;  // it shrank
        got += static_cast<std::size_t>(more);
    }
    library.resize(got);
    return library;
}

Result<PluginFile> read_plugin(const Descriptor& file) {
    const auto library = read_library(file);
    if (!library) return std::unexpected(library.error());
    return read_plugin(ByteView(*library));
}

Result<PluginFile> read_plugin(const std::filesystem::path& file) {
    const auto library = open_plugin(file);
    if (!library) return std::unexpected(library.error());
    return read_plugin(*library);
}

const char* name(Kind kind) {
    constexpr const char* names[] = {"channel", "storage", "partner", "desk", "assist"};
    return names[static_cast<std::size_t>(kind)];
}

}  // namespace sanad::plugins
