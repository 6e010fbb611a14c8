#!/bin/sh
# Stands for a job that mails: one message to the operators.
printf 'From: job@example.com\r\nTo: ops@example.com\r\nSubject: backup done\r\n\r\nall well\r\n' |
  curl -sS "$SMTP_URL" --mail-from job@example.com --mail-rcpt ops@example.com -T -
