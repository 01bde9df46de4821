using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;

namespace Plumbline
{
    /// <summary>One sentence a line, with its time (UTC) and level, in a file on this machine.</summary>
    public sealed class Log
    {
        /// <summary>A file longer than this many bytes becomes FILE.1, in place of the one before.</summary>
        public const long MostBytes = 5000000;
        /// <summary>What keeps the carrier from working is told again after so long.</summary>
        public static readonly TimeSpan Again = TimeSpan.FromHours(1);

        private readonly string path;
        private string last = "";
        private DateTime lastTime = DateTime.MinValue;

        /// <summary>A log in a file; its folder is made.</summary>
        public Log(string path)
        {
            this.path = path;
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path)));
        }

        /// <summary>What was done.</summary>
        public void Info(string sentence) { Write("info", sentence); }

        /// <summary>What somebody should know; the same once an hour.</summary>
        public void Warn(string sentence) { WriteOnce("warning", sentence); }

        /// <summary>What somebody has to put right; the same once an hour.</summary>
        public void Error(string sentence) { WriteOnce("error", sentence); }

        /// <summary>All is well again: what is told next is news.</summary>
        public void Forget() { last = ""; }

        private void WriteOnce(string level, string sentence)
        {
            DateTime now = DateTime.UtcNow;
            if (sentence == last && now - lastTime < Again) return;
            last = sentence;
            lastTime = now;
            Write(level, sentence);
        }

        private void Write(string level, string sentence)
        {
            string time = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
            string line = time + " " + level + " " + Decisions.Line(sentence);
            Console.WriteLine(line);
            try
            {
                FileInfo file = new FileInfo(path);
                if (file.Exists && file.Length > MostBytes)
                {
                    File.Delete(path + ".1");
                    File.Move(path, path + ".1");
                }
                File.AppendAllText(path, line + Environment.NewLine, new UTF8Encoding(false));
            }
            catch (IOException)
            {
                // A full disk or a reader must not keep the books waiting; the line stands on the console.
            }
        }
    }

    /// <summary>settings.psd1.</summary>
    public sealed class Settings
    {
        private static readonly string[] Texts = { "Outbox", "Inbox", "Log", "CompanyFile", "AppName" };
        private static readonly string[] Numbers = { "Interval", "Pause" };

        private readonly Dictionary<string, string> texts = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        private readonly Dictionary<string, int> numbers = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);

        /// <summary>Reads what Import-PowerShellDataFile gave; throws in words where something is missing, unknown or wrong.</summary>
        public Settings(IDictionary given)
        {
            numbers["Interval"] = 15;
            numbers["Pause"] = 60;
            foreach (DictionaryEntry entry in given)
            {
                string key = entry.Key as string ?? "";
                if (Knows(Texts, key) && entry.Value is string) texts[key] = ((string)entry.Value).Trim();
                else if (Knows(Numbers, key) && entry.Value is int && (int)entry.Value > 0) numbers[key] = (int)entry.Value;
                else if (Knows(Texts, key) || Knows(Numbers, key))
                    throw new ArgumentException("The setting " + key + " has no value that can be used.");
                else
                    throw new ArgumentException("There is no setting " + key + "; there are " + string.Join(", ", Texts) + ", "
                        + string.Join(" and ", Numbers) + ".");
            }
            foreach (string key in Texts)
                if (Text(key).Length == 0) throw new ArgumentException("The setting " + key + " is missing.");
        }

        private static bool Knows(string[] keys, string key)
        {
            return Array.Exists(keys, delegate(string known) { return string.Equals(known, key, StringComparison.OrdinalIgnoreCase); });
        }

        /// <summary>A text; empty when it was not given.</summary>
        public string Text(string key)
        {
            string text;
            return texts.TryGetValue(key, out text) ? text : "";
        }

        /// <summary>A number of seconds.</summary>
        public int Seconds(string key) { return numbers[key]; }
    }
}
