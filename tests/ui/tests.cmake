# A test of the desktop shares its precompiled header: half the time to compile.
function(fc_ui_test name)
  fc_test(${name} ${ARGN} LIBS fc_ui)
  target_precompile_headers(${name} REUSE_FROM fc_ui)
  target_compile_definitions(${name} PRIVATE FC_TOUR_DIR="${PROJECT_BINARY_DIR}/tour")
endfunction()

fc_ui_test(tst_widgets ui/tst_widgets.cpp)
fc_ui_test(tst_explore_panel ui/tst_explore_panel.cpp)
fc_ui_test(tst_import_dialog ui/tst_import_dialog.cpp)
fc_ui_test(tst_window ui/tst_window.cpp)
fc_ui_test(tst_tour ui/tst_tour.cpp)
fc_ui_test(tst_plots ui/tst_plots.cpp)
fc_ui_test(tst_look ui/tst_look.cpp)
