#include "nodes/plugin-check/elf_image.h"

#include <elf.h>

#include <algorithm>
#include <cstring>

namespace sanad::plugin_check {

namespace {

#if defined(__x86_64__)
constexpr Elf64_Half machine = EM_X86_64;
constexpr std::uint32_t relative_kind = R_X86_64_RELATIVE;
#else
constexpr Elf64_Half machine = EM_AARCH64;
constexpr std::uint32_t relative_kind = R_AARCH64_RELATIVE;
#endif

constexpr std::size_t segments_max = 64;
constexpr std::size_t dynamic_max = 1'024;
constexpr std::size_t name_bytes_max = 4'096;
constexpr std::size_t text_bytes_max = 256;

std::optional<ByteView> range(ByteView bytes, std::uint64_t offset, std::uint64_t size) {
    if (offset > bytes.size() || size > bytes.size() - offset) return std::nullopt;
    return bytes.subspan(offset, size);
}

template <typename Struct>
std::optional<Struct> structure(const std::optional<ByteView>& bytes) {
    if (!bytes || bytes->size() < sizeof(Struct)) return std::nullopt;
    Struct found;
    std::memcpy(&found, bytes->data(), sizeof found);
    return found;
}

std::optional<std::string> text_from(ByteView bytes) {
    const auto end = std::ranges::find(bytes, std::uint8_t{0});
    if (end == bytes.end()) return std::nullopt;
    return std::string(bytes.begin(), end);
}

}  // namespace

Result<ElfImage> ElfImage::read(ByteView library) {
    ElfImage image(library);
    for (const auto part : {&ElfImage::read_segments, &ElfImage::read_dynamic,
                            &ElfImage::read_symbols, &ElfImage::read_relocations})
        if (const auto read = (image.*part)(); !read) return std::unexpected(read.error());
    return image;
}

Result<void> ElfImage::read_segments() {
    const auto header = structure<Elf64_Ehdr>(range(library_, 0, sizeof(Elf64_Ehdr)));
    if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0)
        return fail(Fault::malformed, "it is not a shared library");
    if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB ||
        header->e_machine != machine)
        return fail(Fault::malformed, "it is built for another processor");
    if (header->e_type != ET_DYN) return fail(Fault::malformed, "it is not a shared library");
    if (header->e_phentsize != sizeof(Elf64_Phdr) || header->e_phnum > segments_max)
        return fail(Fault::malformed, "its table of segments is damaged");
    const auto table =
        range(library_, header->e_phoff, std::uint64_t{header->e_phnum} * sizeof(Elf64_Phdr));
    if (!table) return fail(Fault::malformed, "it is cut off: no whole table of segments");
    for (std::size_t n = 0; n < header->e_phnum; ++n) {
        const auto one = *structure<Elf64_Phdr>(table->subspan(n * sizeof(Elf64_Phdr)));
        segments_.push_back({one.p_type, one.p_flags, one.p_offset, one.p_vaddr, one.p_filesz});
    }
    return {};
}

std::optional<ByteView> ElfImage::at(std::uint64_t address, std::uint64_t size) const {
    for (const Segment& segment : segments_) {
        if (segment.type != PT_LOAD || address < segment.address) continue;
        const std::uint64_t inside = address - segment.address;
        if (inside > segment.file_size || size > segment.file_size - inside) continue;
        if (segment.offset > ~std::uint64_t{0} - inside) continue;
        return range(library_, segment.offset + inside, size);
    }
    return std::nullopt;
}

std::uint64_t ElfImage::value(std::int64_t tag) const {
    const auto found =
        std::ranges::find_if(dynamic_, [tag](const auto& entry) { return entry.first == tag; });
    return found == dynamic_.end() ? 0 : found->second;
}

std::optional<std::string> ElfImage::name_at(std::uint64_t offset) const {
    const std::uint64_t table = value(DT_STRTAB), size = value(DT_STRSZ);
    if (offset >= size || table > ~std::uint64_t{0} - offset) return std::nullopt;
    const auto bytes = at(table + offset, std::min<std::uint64_t>(size - offset, name_bytes_max));
    return bytes ? text_from(*bytes) : std::nullopt;
}

Result<void> ElfImage::read_dynamic() {
    const auto segment =
        std::ranges::find_if(segments_, [](const Segment& one) { return one.type == PT_DYNAMIC; });
    const auto table = segment == segments_.end()
                           ? std::nullopt
                           : range(library_, segment->offset, segment->file_size);
    if (!table) return fail(Fault::malformed, "it has nothing for the loader (no dynamic section)");
    for (std::size_t n = 0; n < dynamic_max; ++n) {
        const auto entry =
            structure<Elf64_Dyn>(range(*table, n * sizeof(Elf64_Dyn), sizeof(Elf64_Dyn)));
        if (!entry || entry->d_tag == DT_NULL) break;
        dynamic_.emplace_back(entry->d_tag, entry->d_un.d_val);
    }
    binds_at_load_ = (value(DT_FLAGS) & DF_BIND_NOW) != 0 || (value(DT_FLAGS_1) & DF_1_NOW) != 0;
    for (const auto& [tag, number] : dynamic_) {
        binds_at_load_ = binds_at_load_ || tag == DT_BIND_NOW;
        text_relocations_ = text_relocations_ || tag == DT_TEXTREL;
        if (tag != DT_NEEDED && tag != DT_RPATH && tag != DT_RUNPATH) continue;
        const auto name = name_at(number);
        if (!name) return fail(Fault::malformed, "the names of its libraries are damaged");
        (tag == DT_NEEDED ? needed_ : search_paths_).push_back(*name);
    }
    text_relocations_ = text_relocations_ || (value(DT_FLAGS) & DF_TEXTREL) != 0;
    return {};
}

// The table of symbols does not say how long it is; the table of hashes does, since the loader asks
// it for every name.
std::optional<std::size_t> ElfImage::count_by_gnu_hash(std::uint64_t table) const {
    const auto word = [this](std::uint64_t address) {
        return structure<std::uint32_t>(at(address, sizeof(std::uint32_t)));
    };
    const auto buckets = word(table), first = word(table + 4), blooms = word(table + 8);
    if (!buckets || !first || !blooms || *buckets > symbols_max || *blooms > symbols_max)
        return std::nullopt;
    const std::uint64_t bucket_table = table + 16 + std::uint64_t{*blooms} * 8;
    const std::uint64_t chains = bucket_table + std::uint64_t{*buckets} * 4;
    std::uint64_t last = 0;
    for (std::uint64_t n = 0; n < *buckets; ++n) {
        const auto bucket = word(bucket_table + n * 4);
        if (!bucket) return std::nullopt;
        last = std::max<std::uint64_t>(last, *bucket);
    }
    if (last < *first) return *first;
    while (last < symbols_max) {
        const auto chain = word(chains + (last - *first) * 4);
        if (!chain) return std::nullopt;
        ++last;
        if ((*chain & 1U) != 0) return last;
    }
    return std::nullopt;
}

std::optional<std::size_t> ElfImage::count_of_symbols() const {
    if (const std::uint64_t table = value(DT_GNU_HASH); table != 0) return count_by_gnu_hash(table);
    const std::uint64_t table = value(DT_HASH);
    const auto chains = structure<std::uint32_t>(at(table + 4, sizeof(std::uint32_t)));
    if (table == 0 || !chains) return std::nullopt;
    return *chains;
}

Result<void> ElfImage::read_symbols() {
    const auto count = count_of_symbols();
    if (!count || *count > symbols_max)
        return fail(Fault::malformed, "its table of symbols is damaged");
    for (std::size_t n = 1; n < *count; ++n) {
        const auto raw =
            structure<Elf64_Sym>(at(value(DT_SYMTAB) + n * sizeof(Elf64_Sym), sizeof(Elf64_Sym)));
        const auto name = raw ? name_at(raw->st_name) : std::nullopt;
        if (!name) return fail(Fault::malformed, "its table of symbols is damaged");
        const auto binding = ELF64_ST_BIND(raw->st_info);
        const auto visibility = ELF64_ST_VISIBILITY(raw->st_other);
        symbols_.push_back(
            {*name, raw->st_value, raw->st_shndx != SHN_UNDEF, binding == STB_GNU_UNIQUE,
             binding != STB_LOCAL && visibility != STV_HIDDEN && visibility != STV_INTERNAL});
    }
    return {};
}

Result<void> ElfImage::read_relocations() {
    for (const auto& [table, bytes] : {std::pair{DT_RELA, DT_RELASZ}, {DT_JMPREL, DT_PLTRELSZ}})
        if (const auto read = read_relocations(value(table), value(bytes)); !read) return read;
    std::ranges::sort(relative_);
    return {};
}

Result<void> ElfImage::read_relocations(std::uint64_t table, std::uint64_t bytes) {
    const std::size_t count = bytes / sizeof(Elf64_Rela);
    if (count > relocations_max) return fail(Fault::malformed, "it has too many relocations");
    for (std::size_t n = 0; n < count; ++n) {
        const auto one =
            structure<Elf64_Rela>(at(table + n * sizeof(Elf64_Rela), sizeof(Elf64_Rela)));
        if (!one) return fail(Fault::malformed, "its table of relocations is damaged");
        if (ELF64_R_TYPE(one->r_info) == relative_kind)
            relative_.emplace_back(one->r_offset, static_cast<std::uint64_t>(one->r_addend));
        const std::uint64_t symbol = ELF64_R_SYM(one->r_info);  // from 1; 0: none
        if (symbol > 0 && symbol <= symbols_.size()) symbols_[symbol - 1].used = true;
    }
    return {};
}

std::optional<std::uint64_t> ElfImage::pointer_at(std::uint64_t address) const {
    const auto found = std::ranges::lower_bound(relative_, std::pair{address, std::uint64_t{0}});
    if (found != relative_.end() && found->first == address) return found->second;
    return structure<std::uint64_t>(at(address, sizeof(std::uint64_t)));  // DT_RELR: in its place
}

std::optional<std::string> ElfImage::text_at(std::uint64_t address) const {
    for (std::size_t size = text_bytes_max; size > 0; size /= 2)  // near the end of its segment
        if (const auto bytes = at(address, size)) return text_from(*bytes);
    return std::nullopt;
}

}  // namespace sanad::plugin_check
