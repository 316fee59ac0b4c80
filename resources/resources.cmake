# Icons, the style sheet, and the fonts of Debian's fonts-roboto-unhinted, built into fc_ui under ":/forecastle".
file(GLOB icons CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/resources/icons/*.svg ${PROJECT_SOURCE_DIR}/resources/style/*)
qt_add_resources(fc_ui forecastle_icons PREFIX /forecastle BASE ${PROJECT_SOURCE_DIR}/resources FILES ${icons})

set(FORECASTLE_FONTS /usr/share/fonts/truetype/roboto/unhinted/RobotoTTF CACHE PATH
    "Folder with Roboto-Regular.ttf, Roboto-Medium.ttf and Roboto-Bold.ttf")
foreach(weight Regular Medium Bold)
  if(NOT EXISTS ${FORECASTLE_FONTS}/Roboto-${weight}.ttf)
    message(FATAL_ERROR "Roboto-${weight}.ttf is not in ${FORECASTLE_FONTS}: "
                        "install fonts-roboto-unhinted or set FORECASTLE_FONTS.")
  endif()
  list(APPEND fonts ${FORECASTLE_FONTS}/Roboto-${weight}.ttf)
endforeach()
qt_add_resources(fc_ui forecastle_fonts PREFIX /forecastle/fonts BASE ${FORECASTLE_FONTS} FILES ${fonts})
