#pragma once

#include "core/base/bytes.h"
#include "core/base/descriptor.h"
#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

// What a plugin's file says about itself, read from its ELF sections `.sanad.manifest` and
// `.sanad.config` without loading it: loading runs a library's constructors.
namespace sanad::plugins {

inline constexpr std::size_t plugin_file_bytes_max = 64U << 20;
inline constexpr std::size_t plugin_section_bytes_max = 256U << 10;
inline constexpr std::size_t plugin_sections_max = 1024;
inline constexpr std::size_t plugin_grants_max = 64;
inline constexpr std::size_t manifest_text_bytes_max = 256;

enum class Kind : std::uint8_t { channel, storage, partner, desk, assist };

struct Titles {
    std::string en, fr, ar;
};

struct Manifest {
    std::string id;       // 1..31 bytes of [a-z0-9-]
    std::string version;  // "1.2.3"
    Kind kind = Kind::channel;
    std::uint16_t abi_major = 0;
    std::uint16_t abi_minor = 0;      // the least the plugin needs
    std::vector<std::string> grants;  // permissions asked for
    std::string license;              // an SPDX identifier
    Titles title;
    std::string contact;
};

struct PluginFile {
    Manifest manifest;
    Bytes config_schema;  // for Configuration::load
};

/// Reads both sections of a library's bytes. Any bytes may be given; none is executed.
/// errors  malformed: no ELF library, cut off, damaged sections or a damaged manifest
///         unsupported: of another processor, or another plugin ABI than this node's
///         not_found: a library, but no plugin (a section is missing)
Result<PluginFile> read_plugin(ByteView library);

/// Opens a library to read it, and perhaps to load what was read and nothing else.
/// errors  not_found, denied, io
Result<Descriptor> open_plugin(const std::filesystem::path& file);

/// All of an open library's bytes. errors  malformed: no regular file · bad_size · denied, io
Result<Bytes> read_library(const Descriptor& library);

/// The same of an open file, or of one by its name. errors  also not_found, denied, io, bad_size
Result<PluginFile> read_plugin(const Descriptor& library);
Result<PluginFile> read_plugin(const std::filesystem::path& file);

const char* name(Kind kind);

}  // namespace sanad::plugins
