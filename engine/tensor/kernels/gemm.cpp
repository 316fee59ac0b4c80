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

#include "engine/tensor/kernels/gemm_row.h"
#include "engine/tensor/kernels/kernels.h"
#include "engine/tensor/kernels/lanes.h"

namespace fc::kernels {

namespace {

constexpr std::int64_t width = laneWidth;
/// Rows of the tile of C: as many as leave room for a row of B and one value of A.
constexpr int tileRows = tileRowsFor(2);
/// Columns of a panel of B.
constexpr std::int64_t panel = 2 * width;
/// Rows of B that pass by before the tile goes back to memory: a panel of them fits the nearest cache.
constexpr std::int64_t depth = 256;
/// Panels laid out at once, in the second cache.
constexpr std::int64_t panelsAtOnce = 4;
/// Up to so many rows of A, a B that is not transposed is read where it lies.
constexpr std::int64_t rowsReadDirectly = 3 * tileRows;
/// … and so is one whose rows lie this close, whatever A.
constexpr std::int64_t narrow = 4 * panel;

/// A tile: rows of A (distance between rows and between values of one row), columns of B with the distance
/// between their rows, a place in C.
struct Tile {
    std::int64_t k;
    const float* a;
    std::int64_t aRow;
    std::int64_t aStep;
    const float* b;
    std::int64_t bStep;
    const std::int32_t* bRows;  ///< where each row of B begins, instead of every bStep; may be nullptr
    float* c;
    std::int64_t ldc;
    float alpha;
    float beta;
    const float* bias;     ///< of the columns, or nullptr
    const float* rowBias;  ///< of the rows, or nullptr
    bool relu;
};

/// alpha sum + beta c, then the bias of the column and the cut at 0, as asked.
template <int Rows, int Parts>
[[gnu::always_inline]] inline void putTile(const Tile& t, const Lanes (&sum)[Rows][Parts])
{
    Lanes bias[Parts] = {};
    if (t.bias != nullptr) {
        for (int p = 0; p < Parts; ++p)
            bias[p] = loadLanes(t.bias + p * width);
    }
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r) {
        float* c = t.c + r * t.ldc;
#pragma GCC unroll 2
        for (int p = 0; p < Parts; ++p) {
            Lanes value = t.alpha * sum[r][p];
            if (t.beta != 0.0F)
                value += t.beta * loadLanes(c + p * width);
            if (t.bias != nullptr)
                value += bias[p];
            if (t.rowBias != nullptr)
                value += t.rowBias[r];
            if (t.relu)
                value = value > 0.0F ? value : Lanes{};
            storeLanes(c + p * width, value);
        }
    }
}

enum class RowsOfB { EvenlySpaced, Listed };

template <int Rows, int Parts, RowsOfB Kind>
void multiplyTile(const Tile& t)
{
    // Every third row has a pointer of its own: base, base + row and base + 2 row are one address each, and
    // so many pointers stay in registers.
    constexpr int pointers = (Rows + 2) / 3;
    const float* a[pointers];
    Lanes sum[Rows][Parts];
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r) {
        // C is not needed before the sums are done; by then it has come from memory.
        __builtin_prefetch(t.c + r * t.ldc, 1);
        __builtin_prefetch(t.c + r * t.ldc + width, 1);
        a[r / 3] = t.a + r / 3 * 3 * t.aRow;
#pragma GCC unroll 2
        for (int p = 0; p < Parts; ++p)
            sum[r][p] = Lanes{};
    }
    const float* b = t.b;
    const std::int64_t aRow = t.aRow;
    const std::int64_t aStep = t.aStep;
    const std::int64_t bStep = t.bStep;
    const std::int32_t* rows = t.bRows;
    for (std::int64_t k = t.k; k > 0; --k) {
        if constexpr (Kind == RowsOfB::Listed)
            b = t.b + *rows++;
        Lanes row[Parts];
#pragma GCC unroll 2
        for (int p = 0; p < Parts; ++p)
            row[p] = loadLanes(b + p * width);
#pragma GCC unroll 16
        for (int r = 0; r < Rows; ++r) {
            const float value = a[r / 3][r % 3 * aRow];
#pragma GCC unroll 2
            for (int p = 0; p < Parts; ++p)
                sum[r][p] += value * row[p];
        }
#pragma GCC unroll 4
        for (int i = 0; i < pointers; ++i)
            a[i] += aStep;
        if constexpr (Kind == RowsOfB::EvenlySpaced)
            b += bStep;
    }
    putTile<Rows, Parts>(t, sum);
}

using TileKernel = void (*)(const Tile&);

template <int Parts, RowsOfB Kind, int... Rows>
constexpr std::array<TileKernel, sizeof...(Rows)> tileKernels(std::integer_sequence<int, Rows...>)
{
    return {multiplyTile<Rows + 1, Parts, Kind>...};
}

/// By the number of rows less one.
template <RowsOfB Kind>
struct Tiles {
    static constexpr auto narrow = tileKernels<1, Kind>(std::make_integer_sequence<int, tileRows>());
    static constexpr auto wide = tileKernels<2, Kind>(std::make_integer_sequence<int, tileRows>());

    static TileKernel of(std::int64_t rows, std::int64_t columns)
    {
        return (columns > width ? wide : narrow)[static_cast<std::size_t>(rows - 1)];
    }
};

/// One panel: `columns` columns and k rows of op(B), zeros up to the width that a tile reads.
void layOutTransposed(std::int64_t k, std::int64_t columns, const float* b, std::int64_t ldb, float* to)
{
    for (std::int64_t j = 0; j < columns; j += width) {
        for (std::int64_t i = 0; i < k; i += width)
            transposeLanes(b + j * ldb + i, ldb, std::min(width, columns - j), std::min(width, k - i),
                           to + i * panel + j, panel);
    }
}

void layOut(std::int64_t k, std::int64_t columns, const float* b, std::int64_t ldb, float* to)
{
    const std::int64_t read = columns > width ? panel : width;
    for (std::int64_t i = 0; i < k; ++i, b += ldb, to += panel) {
        if (columns == panel) {
            std::memcpy(to, b, static_cast<std::size_t>(panel) * sizeof(float));
            continue;
        }
        std::copy(b, b + columns, to);
        std::fill(to + columns, to + read, 0.0F);
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

/// A tile at the right edge of C: computed aside, because its registers reach beyond the edge.
void multiplyEdge(TileKernel kernel, const Tile& t, std::int64_t rows, std::int64_t columns)
{
    std::array<float, static_cast<std::size_t>(tileRows * panel)> aside;
    std::array<float, static_cast<std::size_t>(panel)> bias{};
    Tile whole = t;
    whole.c = aside.data();
    whole.ldc = panel;
    if (t.beta != 0.0F) {
        for (std::int64_t r = 0; r < rows; ++r)
            std::copy_n(t.c + r * t.ldc, columns, aside.data() + r * panel);
    }
    if (t.bias != nullptr) {
        std::copy_n(t.bias, columns, bias.data());
        whole.bias = bias.data();
    }
    kernel(whole);
    for (std::int64_t r = 0; r < rows; ++r)
        std::copy_n(aside.data() + r * panel, columns, t.c + r * t.ldc);
}

/// Some columns of B, and the distances between its panels and between the rows of one.
struct Panels {
    const float* values;
    std::int64_t step;
    std::int64_t rowStep = panel;
    const std::int32_t* rows = nullptr;
};

/// A part of the sums of some columns of C: k values from `depthAt` on.
struct Block {
    std::int64_t column;
    std::int64_t columns;
    std::int64_t depthAt;
    std::int64_t k;
};

/// C += A times the columns of B for all rows of C; the first block of k scales C, the last one finishes it.
template <RowsOfB Kind = RowsOfB::EvenlySpaced>
void multiplyPanels(const Gemm& g, const Block& block, const Panels& b)
{
    const float* a = g.transA ? g.a + block.depthAt * g.lda : g.a + block.depthAt;
    const bool last = block.depthAt + block.k == g.k;
    // The rows of a transposed A lie far apart; several panels share the work of bringing them together.
    const bool gathers = g.transA && block.columns > panel;
    const std::int64_t tiles = (g.m + tileRows - 1) / tileRows;
    for (std::int64_t tile = 0, row = 0; tile < tiles; ++tile) {
        // Equal shares: 32 rows are 11, 11, 10 and not 12, 12, 8.
        const std::int64_t rows = (g.m - row + tiles - tile - 1) / (tiles - tile);
        const float* from = g.transA ? a + row : a + row * g.lda;
        std::array<float, static_cast<std::size_t>(depth * tileRows)> gathered;
        if (gathers)
            gatherRows(block.k, rows, g.m - row, from, g.lda, gathered.data());
        for (std::int64_t j = 0; j < block.columns; j += panel) {
            const std::int64_t wide = std::min(panel, block.columns - j);
            const TileKernel kernel = Tiles<Kind>::of(rows, wide);
            const Tile at{.k = block.k,
                          .a = gathers ? gathered.data() : from,
                          .aRow = g.transA ? 1 : g.lda,
                          .aStep = gathers    ? tileRows
                                   : g.transA ? g.lda
                                              : 1,
                          .b = b.values + j / panel * b.step,
                          .bStep = b.rowStep,
                          .bRows = b.rows,
                          .c = g.c + row * g.ldc + block.column + j,
                          .ldc = g.ldc,
                          .alpha = g.alpha,
                          .beta = block.depthAt == 0 ? g.beta : 1.0F,
                          .bias = last && g.bias != nullptr ? g.bias + block.column + j : nullptr,
                          .rowBias = last && g.rowBias != nullptr ? g.rowBias + row : nullptr,
                          .relu = last && g.relu};
            if (wide % width == 0)
                kernel(at);
            else
                multiplyEdge(kernel, at, rows, wide);
        }
        row += rows;
    }
}

/// Lays out some columns of op(B) in `to`.
void layOutPanels(const Gemm& g, const Block& block, float* to)
{
    for (std::int64_t p = 0; p < block.columns; p += panel) {
        const std::int64_t at = block.column + p;
        const std::int64_t wide = std::min(panel, block.columns - p);
        if (g.transB)
            layOutTransposed(block.k, wide, g.b + at * g.ldb + block.depthAt, g.ldb, to + p * block.k);
        else
            layOut(block.k, wide, g.b + block.depthAt * g.ldb + at, g.ldb, to + p * block.k);
    }
}

void multiply(const Gemm& g)
{
    constexpr std::int64_t columnsAtOnce = panelsAtOnce * panel;
    alignas(64) std::array<float, static_cast<std::size_t>(depth * columnsAtOnce)> panels;
    // Few rows read a panel too seldom to pay for its laying out, and a narrow B is as good as laid out.
    const bool direct = !g.transB && (g.m <= rowsReadDirectly || g.ldb <= narrow);
    for (std::int64_t j = 0; j < g.n; j += columnsAtOnce) {
        for (std::int64_t i = 0; i < g.k; i += depth) {
            const Block block{.column = j,
                              .columns = std::min(columnsAtOnce, g.n - j),
                              .depthAt = i,
                              .k = std::min(depth, g.k - i)};
            if (direct && block.columns % width == 0) {
                multiplyPanels(g, block, {.values = g.b + i * g.ldb + j, .step = panel, .rowStep = g.ldb});
            } else {
                layOutPanels(g, block, panels.data());
                multiplyPanels(g, block, {.values = panels.data(), .step = block.k * panel});
            }
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

/// What the tiles do on the way out, for products without tiles.
void finishRows(const Gemm& g)
{
    if (g.bias == nullptr && g.rowBias == nullptr && !g.relu)
        return;
    for (std::int64_t i = 0; i < g.m; ++i) {
        float* row = g.c + i * g.ldc;
        for (std::int64_t j = 0; j < g.n; ++j) {
            float value = row[j];
            value += g.bias != nullptr ? g.bias[j] : 0.0F;
            value += g.rowBias != nullptr ? g.rowBias[i] : 0.0F;
            row[j] = g.relu && !(value > 0.0F) ? 0.0F : value;
        }
    }
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
    const bool isRow = g.m == 1 && (!g.transA || g.lda == 1);
    if (!isColumn(g) && !isRow && g.k > 0) {
        multiply(g);
        return;
    }
    if (isColumn(g))
        gemm(turned(g));
    else if (isRow)
        g.transB ? rowTimesTransposed(g) : rowTimesMatrix(g);
    else
        for (std::int64_t i = 0; i < g.m; ++i)
            for (std::int64_t j = 0; j < g.n; ++j)
                g.c[i * g.ldc + j] = g.beta != 0.0F ? g.beta * g.c[i * g.ldc + j] : 0.0F;
    finishRows(g);
}

void transpose(std::int64_t rows, std::int64_t columns, const float* from, std::int64_t ldFrom, float* to,
               std::int64_t ldTo)
{
    const std::int64_t wholeRows = rows / width * width;
    for (std::int64_t i = 0; i < wholeRows; i += width) {
        for (std::int64_t j = 0; j < columns; j += width)
            transposeLanes(from + i * ldFrom + j, ldFrom, width, std::min(width, columns - j),
                           to + j * ldTo + i, ldTo);
    }
    for (std::int64_t i = wholeRows; i < rows; ++i) {
        for (std::int64_t j = 0; j < columns; ++j)
            to[j * ldTo + i] = from[i * ldFrom + j];
    }
}

void gemmOfRows(const Gemm& g, const std::int32_t* rows)
{
    constexpr std::int64_t columnsAtOnce = panelsAtOnce * panel;
    for (std::int64_t j = 0; j < g.n; j += columnsAtOnce) {
        for (std::int64_t i = 0; i < g.k; i += depth) {
            const Block block{.column = j,
                              .columns = std::min(columnsAtOnce, g.n - j),
                              .depthAt = i,
                              .k = std::min(depth, g.k - i)};
            multiplyPanels<RowsOfB::Listed>(g, block, {.values = g.b + j, .step = panel, .rows = rows + i});
        }
    }
}

}  // namespace fc::kernels
