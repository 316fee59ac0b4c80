// SPDX-License-Identifier: GPL-3.0-or-later
// Summation by letters against loops over all of them, and products of complex numbers.
#include <QTest>
#include <complex>
#include <map>

#include "engine/autograd/ops_complex.h"
#include "engine/autograd/ops_einsum.h"
#include "engine/autograd/ops_shape.h"
#include "tests/support/allocations.h"
#include "tests/support/gradcheck.h"

using namespace fc;

namespace {

/// Size of each letter: 2, 3, 4, 2, 3 … in the order of the alphabet's own.
std::int64_t sizeOf(char letter)
{
    return 2 + (letter - 'a') % 3;
}

Tensor operand(const std::string& letters, Rng& rng)
{
    std::vector<std::int64_t> sizes;
    for (const char letter : letters)
        sizes.push_back(sizeOf(letter));
    return randomTensor(Shape(sizes), rng);
}

struct Pattern {
    std::string a, b, result;

    explicit Pattern(const std::string& text)
    {
        const size_t arrow = text.find("->"), comma = std::min(text.find(','), arrow);
        a = text.substr(0, comma);
        b = comma < arrow ? text.substr(comma + 1, arrow - comma - 1) : "";
        result = text.substr(arrow + 2);
    }
};

/// Row-major place of the letters' values in a tensor.
size_t place(const std::string& letters, const std::map<char, std::int64_t>& at)
{
    std::int64_t index = 0;
    for (const char letter : letters)
        index = index * sizeOf(letter) + at.at(letter);
    return static_cast<size_t>(index);
}

std::vector<double> summed(const Pattern& p, const std::vector<float>& a, const std::vector<float>& b)
{
    std::map<char, std::int64_t> at;
    for (const char letter : p.a + p.b)
        at[letter] = 0;
    std::int64_t count = 1;
    for (const char letter : p.result)
        count *= sizeOf(letter);
    std::vector<double> y(static_cast<size_t>(count), 0.0);
    for (;;) {
        const double left = static_cast<double>(a[place(p.a, at)]);
        y[place(p.result, at)] += left * (b.empty() ? 1.0 : static_cast<double>(b[place(p.b, at)]));
        auto letter = at.begin();
        while (letter != at.end() && ++letter->second == sizeOf(letter->first))
            (letter++)->second = 0;
        if (letter == at.end())
            return y;
    }
}

QString refusal(const std::function<void()>& action)
{
    try {
        action();
    } catch (const Error& error) {
        return QString::fromUtf8(error.what());
    }
    return {};
}

void everyPattern()
{
    QTest::addColumn<QString>("pattern");
    for (const char* pattern : {
             "bij,bjk->bik",       // batched matrix product
             "ij,jk->ik",          // matrix product
             "ij,kj->ik",          // with a transposed operand
             "ij,kj->ki",          // and a transposed result
             "i,j->ij",            // outer product
             "bi,bj->bij",         // outer product of each of a batch
             "i,i->",              // inner product
             "bi,bi->b",           // of each of a batch
             "bi,bi->bi",          // element by element
             "ij,j->ij",           // broadcast
             "ij,->ij",            // by one number
             "bhid,bhjd->bhij",    // scores of attention
             "bhij,bhjd->bihd",    // its values, heads last but one
             "bhex,heox->bhox",    // mixing of channels at each frequency
             "bhi,hio->bho",       // mixing of channels in each head
             "bix,iox->box",       // the same without heads
             "bik,bjk->b",         // rows summed over on both sides
             "ijk,l->l",           // a factor for all
             "bii,bij->bj",        // diagonals as weights
             "iji,jkk->jik",       // diagonals on both sides
             "ijkl,klm->mij",      // two axes contracted
             "ijk,kji->",          // all axes contracted
             "abcde,abcde->abcd",  // long batches
             "abcdei,abcdei->abcde",
             "ii->",    // trace
             "ii->i",   // diagonal
             "ij->ji",  // transpose
             "bij->b",  // sums
             "bijk->kb",
             "ijij->ij",
             "iii->i",
             "->",
         })
        QTest::newRow(pattern) << pattern;
}

}  // namespace

class EinsumTest : public QObject {
    Q_OBJECT

private slots:
    void itIsTheSumOverTheLetters_data() { everyPattern(); }
    void itIsTheSumOverTheLetters()
    {
        QFETCH(const QString, pattern);
        const std::string text = pattern.toStdString();
        const Pattern p(text);
        Rng rng(3);
        const Tensor a = operand(p.a, rng), b = operand(p.b, rng);
        const bool two = text.find(',') != std::string::npos;
        const Tensor y = two ? einsum(text, a, b) : einsum(text, a);
        QCOMPARE(y.rank(), static_cast<int>(p.result.size()));
        const std::vector<double> reference = summed(p, a.values(), two ? b.values() : std::vector<float>{});
        const std::vector<float> got = y.values();
        QCOMPARE(got.size(), reference.size());
        for (size_t i = 0; i < got.size(); ++i)
            QVERIFY2(std::abs(static_cast<double>(got[i]) - reference[i]) < 1e-5,
                     qPrintable(QString("%1: %2 instead of %3").arg(i).arg(got[i]).arg(reference[i])));
    }

    void itHasGradients_data() { everyPattern(); }
    void itHasGradients()
    {
        QFETCH(const QString, pattern);
        const std::string text = pattern.toStdString();
        const Pattern p(text);
        Rng rng(4);
        if (text.find(',') == std::string::npos) {
            const auto f = [&](const std::vector<Tensor>& in) { return einsum(text, in[0]); };
            QCOMPARE(QString::fromStdString(gradcheck(f, {operand(p.a, rng)})), QString());
            return;
        }
        const auto f = [&](const std::vector<Tensor>& in) { return einsum(text, in[0], in[1]); };
        QCOMPARE(QString::fromStdString(gradcheck(f, {operand(p.a, rng), operand(p.b, rng)})), QString());
    }

    void viewsAreReadAsTheyAre()
    {
        Rng rng(5);
        const Tensor a = randomTensor({3, 2}, rng), b = randomTensor({4, 3}, rng);
        const Tensor y = einsum("ij,jk->ik", transpose(a), transpose(b));
        QCOMPARE(y.values(), einsum("ji,kj->ik", a, b).values());
        QVERIFY(einsum("ij->ji", a).sharesStorage(a));
        QVERIFY(diagonal(randomTensor({3, 3}, rng)).stride(0) == 4);
    }

    void whatDoesNotFitIsNamed_data()
    {
        QTest::addColumn<QString>("pattern");
        QTest::addColumn<QString>("why");
        QTest::newRow("no arrow") << "ij,jk"
                                  << "a pattern is like \"ij,jk->ik\", one list of letters per tensor";
        QTest::newRow("one list") << "ij->i"
                                  << "a pattern is like \"ij,jk->ik\", one list of letters per tensor";
        QTest::newRow("a digit") << "i1,jk->ik"
                                 << "each axis needs one letter, at most six of them";
        QTest::newRow("two commas") << "ij,jk,kl->il"
                                    << "each axis needs one letter, at most six of them";
        QTest::newRow("too many") << "abcdefg,jk->a"
                                  << "each axis needs one letter, at most six of them";
        QTest::newRow("letters") << "ijk,jk->ik"
                                 << "the letters do not match the axes";
        QTest::newRow("sizes") << "ij,ij->ij"
                               << "an axis has two sizes";
        QTest::newRow("diagonal") << "ii,jk->ik"
                                  << "an axis has two sizes";
        QTest::newRow("twice") << "ij,jk->ii"
                               << "a letter of the result is there twice";
        QTest::newRow("unknown") << "ij,jk->iz"
                                 << "a letter of the result is in no operand";
    }
    void whatDoesNotFitIsNamed()
    {
        QFETCH(const QString, pattern);
        QFETCH(const QString, why);
        const QString message = refusal([&] {
            einsum(pattern.toStdString(), Tensor::zeros({2, 3}), Tensor::zeros({3, 4}));
        });
        QCOMPARE(message, QString("The operation einsum cannot do \"%1\" with the shapes [2, 3], [3, 4]: %2.")
                              .arg(pattern, why));
    }

    void diagonalsNeedTwoAxesOfOneSize()
    {
        QCOMPARE(refusal([] {
                     diagonal(Tensor::zeros({2, 3}));
                 }),
                 "The operation diagonal cannot take axes -2 and -1 of the shape [2, 3].");
        QVERIFY(!refusal([] { diagonal(Tensor::zeros({3, 3}), 1, 1); }).isEmpty());
    }

    void aSteadyStepAsksTheHeapForNothing()
    {
        Rng rng(6);
        const Tensor q = randomTensor({2, 3, 5, 4}, rng), k = randomTensor({2, 3, 6, 4}, rng);
        const Tensor cotangent = randomTensor({2, 3, 5, 6}, rng);
        Tape tape;
        const TapeScope scope(&tape);
        std::int64_t before = 0;
        for (int step = 0; step < 5; ++step) {
            if (step == 3)
                before = heapAllocations();
            tape.clear();
            tape.watch(q);
            tape.watch(k);
            const std::pair seed{einsum("bhid,bhjd->bhij", q, k), cotangent};
            tape.backward(std::span(&seed, 1));
        }
        QCOMPARE(heapAllocations() - before, std::int64_t{0});
    }

    void complexProductsAreThose()
    {
        Rng rng(7);
        const Spectrum a{randomTensor({2, 3}, rng), randomTensor({2, 3}, rng)};
        const Spectrum b{randomTensor({3}, rng), randomTensor({3}, rng)};
        const Spectrum plain = complexMul(a, b), conjugated = complexMulConjugate(a, b);
        for (std::int64_t i = 0; i < 6; ++i) {
            const std::complex<float> x(a.re.data()[i], a.im.data()[i]);
            const std::complex<float> y(b.re.data()[i % 3], b.im.data()[i % 3]);
            QVERIFY(std::abs(x * y - std::complex(plain.re.data()[i], plain.im.data()[i])) < 1e-6F);
            QVERIFY(std::abs(x * std::conj(y) -
                             std::complex(conjugated.re.data()[i], conjugated.im.data()[i])) < 1e-6F);
        }
    }

    void complexProductsHaveGradients_data()
    {
        QTest::addColumn<int>("which");
        QTest::addColumn<bool>("real");
        for (int which = 0; which < 3; ++which) {
            QTest::addRow("%d, both parts", which) << which << false;
            QTest::addRow("%d, the real part alone", which) << which << true;
        }
    }
    void complexProductsHaveGradients()
    {
        QFETCH(const int, which);
        QFETCH(const bool, real);
        Rng rng(8);
        const Shape left = which == 2 ? Shape{2, 3, 4} : Shape{2, 3};
        const Shape right = which == 2 ? Shape{3, 2, 4} : Shape{1, 3};
        const auto f = [&](const std::vector<Tensor>& in) {
            const Spectrum a{in[0], in[1]}, b{in[2], in[3]};
            const Spectrum y = which == 0   ? complexMul(a, b)
                               : which == 1 ? complexMulConjugate(a, b)
                                            : complexEinsum("bix,iox->box", a, b);
            return real ? y.re : stack({y.re, y.im}, 0);
        };
        QCOMPARE(QString::fromStdString(gradcheck(f, {randomTensor(left, rng), randomTensor(left, rng),
                                                      randomTensor(right, rng), randomTensor(right, rng)})),
                 QString());
    }
};

QTEST_APPLESS_MAIN(EinsumTest)
#include "tst_einsum.moc"
