#Requires -Version 5.1
<#
.SYNOPSIS
    Registers the scheduled task that keeps Carry-QuickBooks.ps1 running for the user who is logged on.
.DESCRIPTION
    The task starts when this user logs on. Every five minutes it is started anew where it has ended; it never runs twice.
    Run this in the Windows session of the user who keeps QuickBooks open. A task of the same name is replaced.
.PARAMETER Bits
    32 or 64: of the QuickBooks on this machine. QuickBooks up to 2021 is 32-bit; from 2022 on it is 64-bit.
.PARAMETER TaskName
    One for each company file.
.PARAMETER SettingsFile
    The settings; settings.psd1 beside this script where nothing is said.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidateSet(32, 64)]
    [int] $Bits,
    [string] $TaskName = 'Plumbline carrier',
    [string] $SettingsFile = ''
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

if (-not $SettingsFile) { $SettingsFile = Join-Path -Path $PSScriptRoot -ChildPath 'settings.psd1' }
$SettingsFile = (Resolve-Path -LiteralPath $SettingsFile).ProviderPath
$script = Join-Path -Path $PSScriptRoot -ChildPath 'Carry-QuickBooks.ps1'

$is64 = [Environment]::Is64BitOperatingSystem
if ($Bits -eq 64 -and -not $is64) { throw 'This Windows is 32-bit.' }
if ($Bits -eq 32 -and $is64) { $system = 'SysWOW64' } else { $system = 'System32' }
$shell = Join-Path -Path $env:SystemRoot -ChildPath "$system\WindowsPowerShell\v1.0\powershell.exe"

$user = [System.Security.Principal.WindowsIdentity]::GetCurrent().Name
$arguments = '-NoProfile -NonInteractive -STA -WindowStyle Hidden -ExecutionPolicy RemoteSigned ' +
    '-File "' + $script + '" -SettingsFile "' + $SettingsFile + '"'

$action = New-ScheduledTaskAction -Execute $shell -Argument $arguments -WorkingDirectory $PSScriptRoot
$triggers = @(
    (New-ScheduledTaskTrigger -AtLogOn -User $user),
    (New-ScheduledTaskTrigger -Once -At (Get-Date) -RepetitionInterval (New-TimeSpan -Minutes 5))
)
$principal = New-ScheduledTaskPrincipal -UserId $user -LogonType Interactive -RunLevel Limited
$options = New-ScheduledTaskSettingsSet -MultipleInstances IgnoreNew -ExecutionTimeLimit ([TimeSpan]::Zero) `
    -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries -StartWhenAvailable

Register-ScheduledTask -TaskName $TaskName -Action $action -Trigger $triggers -Principal $principal -Settings $options `
    -Description 'Carries Plumbline documents to QuickBooks and its answers back.' -Force | Out-Null
Start-ScheduledTask -TaskName $TaskName
Write-Output "The task '$TaskName' is registered for $user and started, with $shell."
