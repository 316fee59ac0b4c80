// SPDX-License-Identifier: GPL-3.0-or-later
// Matrix products after Goto & van de Geijn, "Anatomy of high-performance matrix multiplication", ACM TOMS
// 34(3), 2008: B is laid out in panels, and a tile of C stays in registers while a panel and some rows of A
// pass by. Each value of C is summed in the order of k alone, whatever the blocks, so that splitting a
// product over threads changes no digit.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <utility>

#include "engine/tensor/kernels/kernels.h"

namespace fc::kernels {

namespace {

// A register of floats, and the tile of C: as many rows as leave room for a row of B and one value of A.
#if defined(__AVX512F__)
constexpr std::size_t lanes = 16;
constexpr int tileRows = 12;
#elif defined(__AVX2__)
constexpr std::size_t lanes = 8;
constexpr int tileRows = 6;
#else
constexpr std::size_t lanes = 4;
constexpr int tileRows = 6;
#endif
using Lanes = float __attribute__((vector_size(lanes * sizeof(float))));
constexpr std::int64_t width = static_cast<std::int64_t>(lanes);
/// Columns of a panel of B.
constexpr std::int64_t panel = 2 * width;
/// Rows of B that pass by before the tile goes back to memory: a panel of them fits the nearest cache.
constexpr std::int64_t depth = 256;
/// Panels laid out at once, in the second cache.
constexpr std::int64_t panelsAtOnce = 4;

Lanes load(const float* from)
{
    Lanes v;
    std::memcpy(&v, from, sizeof v);
    return v;
}

void store(float* to, Lanes v)
{
    std::memcpy(to, &v, sizeof v);
}

/// A tile: rows of A (distance between rows and between values of one row), a panel of B, a place in C.
struct Tile {
    std::int64_t k;
    const float* a;
    std::int64_t aRow;
    std::int64_t aStep;
    const float* b;
    float* c;
    std::int64_t ldc;
    std::int64_t columns;
    float alpha;
    float beta;
};

/// alpha sum + beta c for the first `columns` values of a row of C, in the same steps as for whole registers.
template <int Parts>
void putPartOfRow(const Tile& t, const Lanes* sum, float* c)
{
    std::array<float, static_cast<std::size_t>(Parts * width)> row{};
    if (t.beta != 0.0F)
        std::copy(c, c + t.columns, row.data());
    for (int p = 0; p < Parts; ++p) {
        Lanes value = t.alpha * sum[p];
        if (t.beta != 0.0F)
            value += t.beta * load(row.data() + p * width);
        store(row.data() + p * width, value);
    }
    std::copy(row.data(), row.data() + t.columns, c);
}

/// C = alpha sum + beta C.
template <int Rows, int Parts>
void putTile(const Tile& t, const Lanes (&sum)[Rows][Parts])
{
    if (t.columns < Parts * width) {
        for (int r = 0; r < Rows; ++r)
            putPartOfRow<Parts>(t, sum[r], t.c + r * t.ldc);
        return;
    }
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r) {
        float* c = t.c + r * t.ldc;
#pragma GCC unroll 2
        for (int p = 0; p < Parts; ++p) {
            Lanes value = t.alpha * sum[r][p];
            if (t.beta != 0.0F)
                value += t.beta * load(c + p * width);
            store(c + p * width, value);
        }
    }
}

template <int Rows, int Parts>
void multiplyTile(const Tile& t)
{
    Lanes sum[Rows][Parts] = {};
    const float* a = t.a;
    const float* b = t.b;
    for (std::int64_t k = 0; k < t.k; ++k, a += t.aStep, b += panel) {
        Lanes row[Parts];
        for (int p = 0; p < Parts; ++p)
            row[p] = load(b + p * width);
#pragma GCC unroll 16
        for (int r = 0; r < Rows; ++r) {
            const float value = a[r * t.aRow];
#pragma GCC unroll 2
            for (int p = 0; p < Parts; ++p)
                sum[r][p] += value * row[p];
        }
    }
    putTile<Rows, Parts>(t, sum);
}

using TileKernel = void (*)(const Tile&);

template <int Parts, int... Rows>
constexpr std::array<TileKernel, sizeof...(Rows)> tileKernels(std::integer_sequence<int, Rows...>)
{
    return {multiplyTile<Rows + 1, Parts>...};
}

constexpr auto narrowTiles = tileKernels<1>(std::make_integer_sequence<int, tileRows>());
constexpr auto wideTiles = tileKernels<2>(std::make_integer_sequence<int, tileRows>());

template <std::size_t... I>
Lanes zipLow(Lanes a, Lanes b, std::index_sequence<I...>)
{
    return __builtin_shufflevector(a, b, (I % 2 == 0 ? I / 2 : lanes + I / 2)...);
}
template <std::size_t... I>
Lanes zipHigh(Lanes a, Lanes b, std::index_sequence<I...>)
{
    return __builtin_shufflevector(a, b, (lanes / 2 + (I % 2 == 0 ? I / 2 : lanes + I / 2))...);
}

/// to[k * panel + j] = from[j * ld + k] for a square of `lanes`: each perfect shuffle turns the index (row,
/// column) by one bit, and after log2(lanes) of them the two have changed places.
void transposeSquare(const float* from, std::int64_t ld, float* to)
{
    constexpr auto all = std::make_index_sequence<lanes>();
    Lanes row[lanes];
    for (std::size_t i = 0; i < lanes; ++i)
        row[i] = load(from + static_cast<std::int64_t>(i) * ld);
#pragma GCC unroll 4
    for (std::size_t turned = 1; turned < lanes; turned *= 2) {
        Lanes next[lanes];
#pragma GCC unroll 8
        for (std::size_t i = 0; i < lanes / 2; ++i) {
            next[2 * i] = zipLow(row[i], row[i + lanes / 2], all);
            next[2 * i + 1] = zipHigh(row[i], row[i + lanes / 2], all);
        }
        std::copy(next, next + lanes, row);
    }
    for (std::size_t i = 0; i < lanes; ++i)
        store(to + static_cast<std::int64_t>(i) * panel, row[i]);
}

/// One panel: `columns` columns and k rows of op(B), zeros up to the full width.
void layOutTransposed(std::int64_t k, std::int64_t columns, const float* b, std::int64_t ldb, float* to)
{
    for (std::int64_t j = 0; j < panel; j += width) {
        std::int64_t i = 0;
        if (j + width <= columns) {
            for (; i + width <= k; i += width)
                transposeSquare(b + j * ldb + i, ldb, to + i * panel + j);
        }
        for (; i < k; ++i) {
            for (std::int64_t l = j; l < j + width; ++l)
                to[i * panel + l] = l < columns ? b[l * ldb + i] : 0.0F;
        }
    }
}

void layOut(std::int64_t k, std::int64_t columns, const float* b, std::int64_t ldb, float* to)
{
    for (std::int64_t i = 0; i < k; ++i, b += ldb, to += panel) {
        if (columns == panel) {
            std::memcpy(to, b, static_cast<std::size_t>(panel) * sizeof(float));
            continue;
        }
        std::copy(b, b + columns, to);
        std::fill(to + columns, to + panel, 0.0F);
    }
}

/// `rows` neighbours of each of k rows of a transposed A, `tileRows` apart; up to `available` may be read,
/// and copies of a fixed size are worth reading too many.
void gatherRows(std::int64_t k, std::int64_t rows, std::int64_t available, const float* a, std::int64_t lda,
                float* to)
{
    if (available >= tileRows) {
        for (std::int64_t i = 0; i < k; ++i)
            std::memcpy(to + i * tileRows, a + i * lda, tileRows * sizeof(float));
        return;
    }
    for (std::int64_t i = 0; i < k; ++i)
        std::copy(a + i * lda, a + i * lda + rows, to + i * tileRows);
}

/// C += A times laid-out panels for all rows of C; `b` is the first panel, the next ones `panelStep` on.
void multiplyPanels(const Gemm& g, std::int64_t k, const float* a, const float* b, std::int64_t panelStep,
                    std::int64_t columns, float* c, float beta)
{
    const std::int64_t blocks = (g.m + tileRows - 1) / tileRows;
    for (std::int64_t block = 0, row = 0; block < blocks; ++block) {
        // Equal shares: 32 rows are 11, 11, 10 and not 12, 12, 8.
        const std::int64_t rows = (g.m - row + blocks - block - 1) / (blocks - block);
        const float* from = g.transA ? a + row : a + row * g.lda;
        // A transposed A is gathered once for all panels: its rows lie far apart.
        std::array<float, static_cast<std::size_t>(depth * tileRows)> gathered;
        if (g.transA)
            gatherRows(k, rows, g.m - row, from, g.lda, gathered.data());
        for (std::int64_t j = 0; j < columns; j += panel) {
            const std::int64_t wide = std::min(panel, columns - j);
            const auto& kernels = wide > width ? wideTiles : narrowTiles;
            kernels[static_cast<std::size_t>(rows - 1)]({.k = k,
                                                         .a = g.transA ? gathered.data() : from,
                                                         .aRow = g.transA ? 1 : g.lda,
                                                         .aStep = g.transA ? tileRows : 1,
                                                         .b = b + j / panel * panelStep,
                                                         .c = c + row * g.ldc + j,
                                                         .ldc = g.ldc,
                                                         .columns = wide,
                                                         .alpha = g.alpha,
                                                         .beta = beta});
        }
        row += rows;
    }
}

void multiply(const Gemm& g)
{
    constexpr std::int64_t columnsAtOnce = panelsAtOnce * panel;
    alignas(64) std::array<float, static_cast<std::size_t>(depth * columnsAtOnce)> panels;
    for (std::int64_t j = 0; j < g.n; j += columnsAtOnce) {
        const std::int64_t columns = std::min(columnsAtOnce, g.n - j);
        for (std::int64_t i = 0; i < g.k; i += depth) {
            const std::int64_t k = std::min(depth, g.k - i);
            for (std::int64_t p = 0; p < columns; p += panel) {
                const std::int64_t at = j + p;
                const std::int64_t wide = std::min(panel, columns - p);
                if (g.transB)
                    layOutTransposed(k, wide, g.b + at * g.ldb + i, g.ldb, panels.data() + p * k);
                else
                    layOut(k, wide, g.b + i * g.ldb + at, g.ldb, panels.data() + p * k);
            }
            multiplyPanels(g, k, g.transA ? g.a + i * g.lda : g.a + i, panels.data(), k * panel, columns,
                           g.c + j, i == 0 ? g.beta : 1.0F);
        }
    }
}

/// y [n] = beta y + alpha x B: the columns of a long row stay in registers while B passes by once.
void rowTimesMatrix(const Gemm& g)
{
    constexpr int parts = 8;
    std::int64_t j = 0;
    for (; j + parts * width <= g.n; j += parts * width) {
        Lanes sum[parts] = {};
        for (std::int64_t i = 0; i < g.k; ++i) {
            const float value = g.alpha * g.a[i];
            const float* row = g.b + i * g.ldb + j;
#pragma GCC unroll 8
            for (int p = 0; p < parts; ++p)
                sum[p] += value * load(row + p * width);
        }
        for (int p = 0; p < parts; ++p) {
            float* to = g.c + j + p * width;
            store(to, g.beta != 0.0F ? sum[p] + g.beta * load(to) : sum[p]);
        }
    }
    if (j == g.n)
        return;
    const std::int64_t rest = g.n - j;
    std::array<float, static_cast<std::size_t>(parts * width)> sums{};
    for (std::int64_t i = 0; i < g.k; ++i)
        axpy(rest, g.alpha * g.a[i], g.b + i * g.ldb + j, sums.data());
    for (std::int64_t l = 0; l < rest; ++l)
        g.c[j + l] = sums[static_cast<std::size_t>(l)] + (g.beta != 0.0F ? g.beta * g.c[j + l] : 0.0F);
}

template <std::size_t By, std::size_t... I>
Lanes rotated(Lanes v, std::index_sequence<I...>)
{
    return __builtin_shufflevector(v, v, ((I + By) % lanes)...);
}

float sumOf(Lanes v)
{
    constexpr auto all = std::make_index_sequence<lanes>();
    if constexpr (lanes > 8)
        v += rotated<8>(v, all);
    if constexpr (lanes > 4)
        v += rotated<4>(v, all);
    v += rotated<2>(v, all);
    v += rotated<1>(v, all);
    return v[0];
}

/// The same for a B stored by columns: each value is one product of two rows, four at a time.
void rowTimesTransposed(const Gemm& g)
{
    constexpr int atOnce = 4;
    const std::int64_t whole = g.k / width * width;
    for (std::int64_t j = 0; j < g.n; j += atOnce) {
        const auto count = static_cast<int>(std::min<std::int64_t>(atOnce, g.n - j));
        const float* row[atOnce];
        for (int l = 0; l < atOnce; ++l)
            row[l] = g.b + (j + std::min(l, count - 1)) * g.ldb;
        Lanes sum[atOnce] = {};
        for (std::int64_t i = 0; i < whole; i += width) {
            const Lanes value = load(g.a + i);
#pragma GCC unroll 4
            for (int l = 0; l < atOnce; ++l)
                sum[l] += value * load(row[l] + i);
        }
        for (int l = 0; l < count; ++l) {
            float total = sumOf(sum[l]);
            for (std::int64_t i = whole; i < g.k; ++i)
                total += g.a[i] * row[l][i];
            float& to = g.c[j + l];
            to = g.alpha * total + (g.beta != 0.0F ? g.beta * to : 0.0F);
        }
    }
}

/// Whether C is one column that lies like a row, and B a column without gaps: then C^T = B^T A^T is a row
/// times a matrix.
bool isColumn(const Gemm& g)
{
    return g.n == 1 && g.m > 1 && g.ldc == 1 && (g.transB || g.ldb == 1);
}

Gemm turned(const Gemm& g)
{
    return {.transA = false,
            .transB = !g.transA,
            .m = 1,
            .n = g.m,
            .k = g.k,
            .alpha = g.alpha,
            .a = g.b,
            .lda = g.k,
            .b = g.a,
            .ldb = g.lda,
            .beta = g.beta,
            .c = g.c,
            .ldc = g.m};
}

}  // namespace

const char* instructionSet()
{
    return FC_KERNELS_LEVEL;
}

void gemm(const Gemm& g)
{
    if (g.m == 0 || g.n == 0)
        return;
    if (isColumn(g))
        gemm(turned(g));
    else if (g.m == 1 && (!g.transA || g.lda == 1))
        g.transB ? rowTimesTransposed(g) : rowTimesMatrix(g);
    else if (g.k == 0)
        for (std::int64_t i = 0; i < g.m; ++i)
            for (std::int64_t j = 0; j < g.n; ++j)
                g.c[i * g.ldc + j] *= g.beta;
    else
        multiply(g);
}

std::int64_t packedSize(std::int64_t n, std::int64_t k)
{
    return (n + panel - 1) / panel * panel * k;
}

void packMatrix(bool transposed, std::int64_t n, std::int64_t k, const float* b, std::int64_t ldb,
                float* packed)
{
    for (std::int64_t j = 0; j < n; j += panel) {
        const std::int64_t wide = std::min(panel, n - j);
        if (transposed)
            layOutTransposed(k, wide, b + j * ldb, ldb, packed + j * k);
        else
            layOut(k, wide, b + j, ldb, packed + j * k);
    }
}

void gemmPacked(const Gemm& g)
{
    for (std::int64_t i = 0; i < g.k; i += depth) {
        const std::int64_t k = std::min(depth, g.k - i);
        multiplyPanels(g, k, g.transA ? g.a + i * g.lda : g.a + i, g.b + i * panel, g.k * panel, g.n, g.c,
                       i == 0 ? g.beta : 1.0F);
    }
}

}  // namespace fc::kernels
