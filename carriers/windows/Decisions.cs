using System;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Plumbline
{
    /// <summary>What may be done with a document whose answer is not known.</summary>
    public enum Kind
    {
        /// <summary>It only asks: it may be asked again.</summary>
        Query,
        /// <summary>It has a message-set id: QuickBooks answers the same bytes from its memory.</summary>
        Set,
        /// <summary>It changes lists, without an id: it is never asked again before QuickBooks was asked by name.</summary>
        List,
    }

    /// <summary>What is done with a document that was asked and has no answer.</summary>
    public enum Next
    {
        /// <summary>The same bytes are asked again.</summary>
        AskAgain,
        /// <summary>The answer is given up: an error file says so, and Plumbline has QuickBooks asked by name.</summary>
        GiveUp,
        /// <summary>What QuickBooks said is the answer: an error file says it.</summary>
        Refuse,
    }

    /// <summary>
    /// What the carrier decides, without a look at any file. Sources: Plumbline's contract ("Carriers", "resend"); Intuit's
    /// SDK guide on error recovery; the table of Plumbline's own Web Connector server.
    /// </summary>
    public static class Decisions
    {
        /// <summary>So often a document is asked that is never answered.</summary>
        public const int MostAsks = 5;
        /// <summary>QuickBooks could not read the document: nothing of it was done.</summary>
        public const uint Unreadable = 0x80040400;
        /// <summary>With this Plumbline waits a minute, and then asks QuickBooks before it adds anything again.</summary>
        public const uint AnswerLost = 0x8004040D;
        /// <summary>The request processor is not registered for programs of this kind, 32-bit or 64-bit.</summary>
        public const uint NotRegistered = 0x80040154;

        /// <summary>The number that leads a document's name; -1: it is none of Plumbline's documents.</summary>
        public static long Number(string name)
        {
            if (!name.EndsWith(".xml", StringComparison.Ordinal)) return -1;
            Match digits = Regex.Match(name, "^[0-9]{1,18}");
            return digits.Success ? long.Parse(digits.Value, CultureInfo.InvariantCulture) : -1;
        }

        /// <summary>A document's name without its ending.</summary>
        public static string Stem(string name)
        {
            return name.Substring(0, name.Length - ".xml".Length);
        }

        /// <summary>What kind a document is. What is not plainly a query or a set is taken for a list.</summary>
        public static Kind KindOf(string document)
        {
            string text = Regex.Replace(document, "<!--.*?-->", "", RegexOptions.Singleline);
            if (text.Contains("<![CDATA[")) return Kind.List;
            MatchCollection sets = Regex.Matches(text, @"<QBXMLMsgsRq\b[^>]*>");
            if (sets.Count != 1) return Kind.List;
            if (Regex.IsMatch(sets[0].Value, @"\snewMessageSetID\s*=\s*(""[^""]+""|'[^']+')")) return Kind.Set;
            MatchCollection requests = Regex.Matches(text, @"<([A-Za-z0-9]+Rq)\b");
            foreach (Match request in requests)
            {
                string element = request.Groups[1].Value;
                if (element != "QBXMLMsgsRq" && !element.EndsWith("QueryRq", StringComparison.Ordinal)) return Kind.List;
            }
            return requests.Count > 1 ? Kind.Query : Kind.List;
        }

        /// <summary>After a crash, or when the way to QuickBooks broke: it may have been done, or not.</summary>
        public static Next AfterSilence(Kind kind, int asks)
        {
            return kind == Kind.List || asks >= MostAsks ? Next.GiveUp : Next.AskAgain;
        }

        /// <summary>After ProcessRequest threw.</summary>
        public static Next AfterError(uint number, Kind kind, int asks)
        {
            return IsOfRequestProcessor(number) ? Next.Refuse : AfterSilence(kind, asks);
        }

        /// <summary>Whether the next document may be asked after an error; it would meet all others too.</summary>
        public static bool GoesOnAfter(uint number)
        {
            return number == Unreadable;
        }

        /// <summary>QuickBooks' own numbers. All others are Windows' own: of the way there.</summary>
        public static bool IsOfRequestProcessor(uint number)
        {
            return number >= 0x80040400 && number <= 0x800404FF;
        }

        /// <summary>The HRESULT of what was thrown: of the innermost COM exception, else of the innermost one.</summary>
        public static uint NumberOf(Exception error)
        {
            uint number = 0;
            for (Exception inner = error; inner != null; inner = inner.InnerException)
            {
                ExternalException external = inner as ExternalException;
                if (external != null) return unchecked((uint)external.ErrorCode);
                number = unchecked((uint)inner.HResult);
            }
            return number;
        }

        /// <summary>What was thrown, in its own words: those of the innermost exception, on one line.</summary>
        public static string WordsOf(Exception error)
        {
            while (error.InnerException != null && !(error is ExternalException)) error = error.InnerException;
            return Line(error.Message);
        }

        /// <summary>The number as Plumbline reads it.</summary>
        public static string Shown(uint number)
        {
            return "0x" + number.ToString("X8", CultureInfo.InvariantCulture);
        }

        /// <summary>NAME.error.txt.</summary>
        public static string ErrorFile(uint number, string message)
        {
            return "hresult=" + Shown(number) + "\nmessage=" + Line(message) + "\n";
        }

        /// <summary>On one line.</summary>
        public static string Line(string text)
        {
            return Regex.Replace(text ?? "", @"\s+", " ").Trim();
        }
    }
}
