/* Where the judge's memos (public/memo.h) lie: a directory of ours, one small file a key.  Whatever
 * is wrong with a file makes it a miss, and with the directory, that nothing is remembered. */
#ifndef GRADUS_JUDGE_MEMO_H
#define GRADUS_JUDGE_MEMO_H

/* An open directory, or -1: then nothing is remembered, as at the beginning. */
void memo_use(int directory);

#endif
