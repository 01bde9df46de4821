using System;
using System.Collections;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;
using Plumbline;

/// <summary>
/// The carrier of carriers/windows with another QuickBooks behind it than Windows has: what Carry-QuickBooks.ps1 does, for
/// one round.
///
/// Arguments are KEY=VALUE. root: the root with outbox and inbox. log: the log. quickbooks: the folder of a QuickBooks that
/// counts what it does, or with plumbline=PROGRAM the root of a company of plumbline sandbox. fail=NUMBER:TEXT: what it
/// throws at its first call; begin=NUMBER:TEXT: at the beginning of the session; when=after: having done what was asked.
/// empty=yes: its response is empty. locked=yes: another carrier is at work. kill=N: the process dies before the Nth step. Every step is printed.
/// </summary>
static class Stub
{
    static readonly Hashtable Given = new Hashtable();
    static int steps;

    static string Text(string key) { return (string)Given[key] ?? ""; }

    static void Step(string name)
    {
        steps++;
        Console.WriteLine("step " + steps + " " + name);
        if (Text("kill") != steps.ToString(CultureInfo.InvariantCulture)) return;
        Console.Out.Flush();
        // SIGKILL: nothing is tidied up.
        Process.GetCurrentProcess().Kill();
        System.Threading.Thread.Sleep(System.Threading.Timeout.Infinite);
    }

    static void Throw(string how)
    {
        string[] parts = how.Split(new[] { ':' }, 2);
        throw new InvalidOperationException(
            "as PowerShell wraps it", new COMException(parts[1], unchecked((int)Convert.ToUInt32(parts[0], 16))));
    }

    static string Ask(string document)
    {
        string fail = Text("fail");
        Given["fail"] = "";
        if (fail != "" && Text("when") != "after") Throw(fail);
        string response = Text("plumbline") == "" ? Counted(document) : Sandbox(document);
        Step("QuickBooks has done it");
        if (fail != "") Throw(fail);
        return Text("empty") == "yes" ? "" : response;
    }

    /// <summary>Does what it is asked, once more each time, but a message set only once.</summary>
    static string Counted(string document)
    {
        string folder = Text("quickbooks");
        string name = Share.Digest(Encoding.UTF8.GetBytes(document)).Substring(0, 16);
        string stored = Path.Combine(folder, name + ".response");
        File.AppendAllText(Path.Combine(folder, "asked"), name + "\n");
        if (Decisions.KindOf(document) == Kind.Set && File.Exists(stored)) return File.ReadAllText(stored);
        File.AppendAllText(Path.Combine(folder, "done"), name + "\n");
        string response = "<?xml version=\"1.0\" ?>\n<QBXML><!-- \u00e9 " + name + " --></QBXML>\n";
        File.WriteAllText(stored, response);
        return response;
    }

    static string Sandbox(string document)
    {
        string company = Text("quickbooks");
        string request = Path.Combine(company, "outbox/quickbooks/00000001-request.xml");
        File.WriteAllText(request, document, new UTF8Encoding(false));
        ProcessStartInfo start = new ProcessStartInfo(Text("plumbline"), "sandbox --once --root \"" + company + "\"");
        start.UseShellExecute = false;
        start.RedirectStandardOutput = true;
        using (Process process = Process.Start(start))
        {
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
        }
        string answer = Path.Combine(company, "inbox/quickbooks/00000001-request.response.xml");
        if (!File.Exists(answer)) throw new COMException("The sandbox refused it.", unchecked((int)Decisions.Unreadable));
        string response = File.ReadAllText(answer);
        File.Delete(answer);
        return response;
    }

    static int Main(string[] arguments)
    {
        foreach (string argument in arguments)
        {
            int place = argument.IndexOf('=');
            Given[argument.Substring(0, place)] = argument.Substring(place + 1);
        }
        if (Text("settings") != "") return Read(Text("settings"));
        Share share = new Share(
            Path.Combine(Text("root"), "outbox/quickbooks"), Path.Combine(Text("root"), "inbox/quickbooks"));
        Carrier carrier = new Carrier(
            share, new Log(Text("log")), delegate { if (Text("begin") != "") Throw(Text("begin")); }, Ask,
            delegate { Console.WriteLine("end"); });
        carrier.Step = Step;
        if (Text("locked") == "") return carrier.Round() ? 0 : 1;
        share.Check();
        using (share.Lock()) return carrier.Round() ? 0 : 1;
    }

    /// <summary>Reads settings given as KEY:VALUE;KEY:VALUE, numbers as numbers.</summary>
    static int Read(string text)
    {
        Hashtable table = new Hashtable();
        foreach (string part in text.Split(';'))
        {
            string[] pair = part.Split(new[] { ':' }, 2);
            int number;
            table[pair[0]] = int.TryParse(pair[1], out number) ? (object)number : pair[1];
        }
        try
        {
            Settings settings = new Settings(table);
            Console.WriteLine(settings.Text("CompanyFile") + " " + settings.Seconds("Interval") + " " + settings.Seconds("Pause"));
            return 0;
        }
        catch (ArgumentException error)
        {
            Console.WriteLine(error.Message);
            return 2;
        }
    }
}
