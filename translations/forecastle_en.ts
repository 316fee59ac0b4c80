<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_US">
<context>
    <name>fc::ui::DataCommands</name>
    <message numerus="yes">
        <source>Imported &quot;%1&quot;, %Ln row(s).</source>
        <translation>
            <numerusform>Imported &quot;%1&quot;, %Ln row.</numerusform>
            <numerusform>Imported &quot;%1&quot;, %Ln rows.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Imported %Ln series.</source>
        <translation>
            <numerusform>Imported %Ln series.</numerusform>
            <numerusform>Imported %Ln series.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fc::ui::FeatureCatalogue</name>
    <message numerus="yes">
        <source>Search %Ln feature(s)</source>
        <translation>
            <numerusform>Search %Ln feature</numerusform>
            <numerusform>Search %Ln features</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Warm-up: %Ln row(s)</source>
        <translation>
            <numerusform>Warm-up: %Ln row</numerusform>
            <numerusform>Warm-up: %Ln rows</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fc::ui::ImportDialog</name>
    <message numerus="yes">
        <source>%Ln series</source>
        <translation>
            <numerusform>%Ln series</numerusform>
            <numerusform>%Ln series</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln row(s)</source>
        <translation>
            <numerusform>%Ln row</numerusform>
            <numerusform>%Ln rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln warning(s)</source>
        <translation>
            <numerusform>%Ln warning</numerusform>
            <numerusform>%Ln warnings</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Import %Ln file(s)</source>
        <translation>
            <numerusform>Import %Ln file</numerusform>
            <numerusform>Import %Ln files</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fc::ui::PipelineModel</name>
    <message numerus="yes">
        <source>warm-up %Ln row(s)</source>
        <translation>
            <numerusform>warm-up %Ln row</numerusform>
            <numerusform>warm-up %Ln rows</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fc::ui::PipelinePanel</name>
    <message numerus="yes">
        <source>%Ln row(s) after warm-up</source>
        <translation>
            <numerusform>%Ln row after warm-up</numerusform>
            <numerusform>%Ln rows after warm-up</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fc::ui::RunCommands</name>
    <message numerus="yes">
        <source>Delete %Ln run(s) with their losses and checkpoints? This cannot be undone.</source>
        <translation>
            <numerusform>Delete %Ln run with its losses and checkpoints? This cannot be undone.</numerusform>
            <numerusform>Delete %Ln runs with their losses and checkpoints? This cannot be undone.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fc::ui::RunsPage</name>
    <message numerus="yes">
        <source>%Ln run(s)</source>
        <translation>
            <numerusform>%Ln run</numerusform>
            <numerusform>%Ln runs</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fc::ui::SeriesActions</name>
    <message numerus="yes">
        <source>&quot;%1&quot; has %Ln row(s).</source>
        <translation>
            <numerusform>&quot;%1&quot; has %Ln row.</numerusform>
            <numerusform>&quot;%1&quot; has %Ln rows.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fc::ui::SetupPanel</name>
    <message numerus="yes">
        <source>%1 · %2 · %Ln row(s)</source>
        <translation>
            <numerusform>%1 · %2 · %Ln row</numerusform>
            <numerusform>%1 · %2 · %Ln rows</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln changed setting(s)</source>
        <translation>
            <numerusform>%Ln changed setting</numerusform>
            <numerusform>%Ln changed settings</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>fc::ui::TransformDialog</name>
    <message numerus="yes">
        <source>%Ln row(s)</source>
        <translation>
            <numerusform>%Ln row</numerusform>
            <numerusform>%Ln rows</numerusform>
        </translation>
    </message>
</context>
</TS>
