#pragma once

#include "core/casework/statistics.h"

#include <map>
#include <string>
#include <string_view>

// The tables that a helpline hands on, as CSV (RFC 4180, UTF-8, CRLF, one header row): ids that
// never change, with English labels beside them. What is 0 is no row. A count that is too small is
// `<5` (or whatever the smallest is); one that is hidden with others, at least one of which is too
// small, is `hidden`. There are no sums: they are what somebody could work a hidden count out from.
namespace sanad::casework {

/// By the cells of CountedAs::of_month.
using CountsByCell = std::map<std::string, std::uint64_t>;

/// Child Helpline International: contacts by reason, gender and age band. A contact with several
/// reasons stands under each. `part` sets non-counselling contacts (group NC) apart, and those
/// whose reason nobody wrote down.
std::string chi_year(std::string_view year, const CountsByCell& counts, std::uint64_t smallest,
                     const Taxonomies& taxonomies);

/// Insafe: each topic of online harm by channel, by age band, by gender, by who got in touch and by
/// the service where it happened; never by two of them at once.
std::string bik_quarter(std::string_view quarter, const CountsByCell& counts,
                        std::uint64_t smallest, const Taxonomies& taxonomies);

/// One field of a CSV row: quoted where it must be, and never what a spreadsheet would calculate.
std::string csv_field(std::string_view text);

}  // namespace sanad::casework
