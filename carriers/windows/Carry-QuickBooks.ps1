#Requires -Version 5.1
<#
.SYNOPSIS
    Carries Plumbline's documents to QuickBooks Desktop, and QuickBooks' answers back.
.DESCRIPTION
    Looks into Plumbline's outbox on a share every few seconds. When a document waits, it opens a session with QuickBooks'
    request processor, hands the documents over one by one in number order, and drops each answer into Plumbline's inbox.
    It may be ended at any moment: what it has begun is finished by its next start.
    The folders and what is done in which order are in Decisions.cs, Share.cs, Carrier.cs and Log.cs, which PowerShell
    compiles as it starts. This file has only what they cannot know: the settings, QuickBooks, and the waiting.
    README.md says how it is set up, and which part of it was never run.
.PARAMETER SettingsFile
    The settings; settings.psd1 beside this script where nothing is said.
.PARAMETER Once
    Carries what waits and ends: with 0 when all is well, with 1 otherwise.
#>
[CmdletBinding()]
param(
    [string] $SettingsFile = '',
    [switch] $Once
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

# Of Intuit's type library QBXMLRP2: a QuickBooks on this machine, and its file in single-user or multi-user mode, as it is.
$localQuickBooks = 1
$whateverMode = 2

if (-not $SettingsFile) { $SettingsFile = Join-Path -Path $PSScriptRoot -ChildPath 'settings.psd1' }

if (-not ('Plumbline.Carrier' -as [type])) {
    $sources = 'Decisions.cs', 'Share.cs', 'Carrier.cs', 'Log.cs' | ForEach-Object { Join-Path -Path $PSScriptRoot -ChildPath $_ }
    Add-Type -Path $sources -IgnoreWarnings
}

$settings = [Plumbline.Settings]::new((Import-PowerShellDataFile -LiteralPath $SettingsFile))
$log = [Plumbline.Log]::new($settings.Text('Log'))
$share = [Plumbline.Share]::new($settings.Text('Outbox'), $settings.Text('Inbox'))

# The session with QuickBooks: what of it is open.
$script:processor = $null
$script:isConnected = $false
$script:ticket = ''

$begin = [Action] {
    $script:processor = New-Object -ComObject 'QBXMLRP2.RequestProcessor'
    [void] $script:processor.OpenConnection2('', $settings.Text('AppName'), $localQuickBooks)
    $script:isConnected = $true
    $script:ticket = [string] $script:processor.BeginSession($settings.Text('CompanyFile'), $whateverMode)
}

$ask = [Func[string, string]] {
    param([string] $document)
    [string] $script:processor.ProcessRequest($script:ticket, $document)
}

$end = [Action] {
    try {
        if ($script:ticket) { [void] $script:processor.EndSession($script:ticket) }
    }
    finally {
        $script:ticket = ''
        try {
            if ($script:isConnected) { [void] $script:processor.CloseConnection() }
        }
        finally {
            $script:isConnected = $false
            if ($null -ne $script:processor) {
                [void] [System.Runtime.InteropServices.Marshal]::FinalReleaseComObject($script:processor)
            }
            $script:processor = $null
        }
    }
}

$carrier = [Plumbline.Carrier]::new($share, $log, $begin, $ask, $end)

if ($Once) {
    if ($carrier.Round()) { exit 0 } else { exit 1 }
}

$log.Info('The carrier starts, as a ' + ([IntPtr]::Size * 8) + '-bit program.')
while ($true) {
    $isWell = $carrier.Round()
    if ($isWell) { $wait = $settings.Seconds('Interval') } else { $wait = $settings.Seconds('Pause') }
    Start-Sleep -Seconds $wait
}
