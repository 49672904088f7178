#pragma once

#include "core/base/bytes.h"

#include <string_view>

namespace sanad::verifier {

/// Whether `file` is the one file that holds these two: four words, then the contents, then the
/// statement with its zero, each filled up to words with zeros. Then nobody but the exporter can
/// make another file of the same passport. threads  any
bool is_in_its_one_form(ByteView file, ByteView contents, std::string_view statement);

}  // namespace sanad::verifier
