#pragma once

#include "core/base/clock.h"
#include "core/base/ids.h"
#include "core/base/result.h"

#include <string>
#include <vector>

// The pages of a courier file on paper: one self-contained HTML page that prints on A4, two QR
// codes a sheet, with how to scan them in English, French and Arabic.
namespace sanad::cli {

struct CourierSheet {
    NodeId from, to;
    Time created_at;
    std::string mark;                // courier_mark() of the file
    std::vector<std::string> pages;  // write_courier_pages()
};

/// The codes are inline SVG, error correction level M; nothing is loaded from anywhere.
/// errors  exhausted: the library has no memory for a code
Result<std::string> courier_html(const CourierSheet& sheet);

}  // namespace sanad::cli
