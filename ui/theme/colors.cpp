// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/colors.h"

#include <QCoreApplication>
#include <QVariant>
#include <cmath>

#include "ui/theme/theme.h"

namespace fc::ui {
namespace {

double luminance(const QColor& color)
{
    const auto linear = [](double c) {
        return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

}  // namespace

Colors darkColors(UpDown upDown)
{
    const bool blueOrange = upDown == UpDown::BlueOrange;
    Colors c;
    c.dark = true;
    c.window = QColor(0x10, 0x13, 0x18);
    c.panel = QColor(0x17, 0x1b, 0x22);
    c.raised = QColor(0x21, 0x27, 0x31);
    c.border = QColor(0x2c, 0x34, 0x40);
    c.grid = QColor(0x20, 0x26, 0x2f);
    c.text = QColor(0xdc, 0xe2, 0xeb);
    c.muted = QColor(0x93, 0x9d, 0xad);
    c.disabled = QColor(0x5b, 0x65, 0x73);
    c.accent = QColor(0x2f, 0x6f, 0xe4);
    c.onAccent = Qt::white;
    c.selection = QColor(0x1f, 0x38, 0x66);
    c.up = blueOrange ? QColor(0x4f, 0xa8, 0xf0) : QColor(0x2f, 0xb9, 0x8a);
    c.down = blueOrange ? QColor(0xf0, 0x8a, 0x3c) : QColor(0xf0, 0x5d, 0x6b);
    c.danger = QColor(0xf4, 0x6e, 0x7b);
    c.warning = QColor(0xf2, 0xb2, 0x4b);
    c.forecast = blueOrange ? QColor(0xe8, 0xd4, 0x4d) : QColor(0xff, 0xb4, 0x54);
    c.train = QColor(0x5a, 0xa2, 0xff);
    c.validation = QColor(0xff, 0x9d, 0x5c);
    return c;
}

Colors lightColors(UpDown upDown)
{
    const bool blueOrange = upDown == UpDown::BlueOrange;
    Colors c;
    c.window = QColor(0xec, 0xef, 0xf3);
    c.panel = QColor(0xff, 0xff, 0xff);
    c.raised = QColor(0xf3, 0xf5, 0xf8);
    c.border = QColor(0xd6, 0xdc, 0xe4);
    c.grid = QColor(0xea, 0xed, 0xf1);
    c.text = QColor(0x1b, 0x22, 0x2c);
    c.muted = QColor(0x58, 0x63, 0x73);
    c.disabled = QColor(0x9a, 0xa4, 0xb2);
    c.accent = QColor(0x25, 0x63, 0xeb);
    c.onAccent = Qt::white;
    c.selection = QColor(0xcf, 0xdd, 0xfb);
    c.up = blueOrange ? QColor(0x1f, 0x68, 0xc4) : QColor(0x0b, 0x7d, 0x59);
    c.down = blueOrange ? QColor(0xb3, 0x53, 0x09) : QColor(0xd3, 0x31, 0x43);
    c.danger = QColor(0xc8, 0x29, 0x3b);
    c.warning = QColor(0x92, 0x5b, 0x02);
    c.forecast = blueOrange ? QColor(0x7c, 0x3a, 0xc4) : QColor(0xb5, 0x5e, 0x02);
    c.train = QColor(0x25, 0x63, 0xeb);
    c.validation = QColor(0xbd, 0x57, 0x04);
    return c;
}

Colors currentColors()
{
    const QCoreApplication* app = QCoreApplication::instance();
    const bool dark = app && app->property(Theme::darkProperty).toBool();
    const bool blueOrange = app && app->property(Theme::blueOrangeProperty).toBool();
    const UpDown upDown = blueOrange ? UpDown::BlueOrange : UpDown::GreenRed;
    return dark ? darkColors(upDown) : lightColors(upDown);
}

QColor inkOn(const QColor& ground)
{
    const QColor dark(0x12, 0x15, 0x1a);
    return contrast(dark, ground) > contrast(Qt::white, ground) ? dark : QColor(Qt::white);
}

double contrast(const QColor& a, const QColor& b)
{
    const double la = luminance(a);
    const double lb = luminance(b);
    return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

QColor blend(const QColor& top, const QColor& ground, double opacity)
{
    const auto mix = [opacity](double t, double g) {
        return static_cast<float>(opacity * t + (1 - opacity) * g);
    };
    return QColor::fromRgbF(mix(top.redF(), ground.redF()), mix(top.greenF(), ground.greenF()),
                            mix(top.blueF(), ground.blueF()));
}

}  // namespace fc::ui
