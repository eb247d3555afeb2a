import type pg from 'pg'

/** Makes `analyze` of a database fail: `analyze` evaluates the expressions of indexes, and one of them raises an error. */
export async function makeAnalyzeFail(pool: pg.Pool): Promise<void> {
  const createFunction =
    'create or replace function failing.twice(n int) returns int immutable language plpgsql'
  await pool.query(`create schema failing;
    ${createFunction} as $$ begin return 2 * n; end $$;
    create table failing.numbers (n int);
    insert into failing.numbers values (1);
    create index on failing.numbers (failing.twice(n));
    ${createFunction} as $$ begin raise 'no space'; end $$`)
}

/** The warning after such an `analyze`. */
export const analyzeWarning = /^All records are written, but "vacuum analyze" failed: no space\. /
