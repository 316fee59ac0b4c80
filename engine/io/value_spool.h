// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

namespace fc {

/// Columns of 8-byte values between the pass that reads a file row by row and the one that stores it column by
/// column. Up to 32 MiB stay in memory; more goes to a file without a name, which is gone with the program
/// however it ends. Throws Error in words when that file cannot be made, written or read.
class ValueSpool {
public:
    /// The file is made in `folder`.
    ValueSpool(std::filesystem::path folder, std::size_t columns);
    ~ValueSpool();
    ValueSpool(const ValueSpool&) = delete;
    ValueSpool& operator=(const ValueSpool&) = delete;

    std::size_t columns() const { return m_columns; }
    std::size_t rows() const { return m_rows; }

    /// The next rows: one span for each column, all of one length.
    void append(const std::vector<std::span<const std::uint64_t>>& next);
    /// Fills `out` with the values of `column` from row `begin` on; all of them must be there.
    void read(std::size_t column, std::size_t begin, std::span<std::uint64_t> out) const;

private:
    std::size_t stripeBytes() const { return m_columns * m_stripeRows * sizeof(std::uint64_t); }
    void finishStripe();
    void openFile();
    void writeStripe(const std::uint64_t* stripe);
    void readFile(std::size_t offset, std::span<std::uint64_t> out) const;

    std::filesystem::path m_folder;
    std::size_t m_columns;
    std::size_t m_stripeRows;  ///< rows that lie together, column after column
    std::size_t m_rows = 0;
    std::vector<std::unique_ptr<std::uint64_t[]>> m_kept;  ///< whole stripes in memory
    std::unique_ptr<std::uint64_t[]> m_stripe;             ///< the one that is being filled
    int m_file = -1;
    std::size_t m_written = 0;  ///< stripes in the file
};

}  // namespace fc
