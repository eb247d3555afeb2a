CREATE TABLE "keys" (
	"id" uuid PRIMARY KEY DEFAULT uuid_v7() NOT NULL,
	"name" text NOT NULL,
	"role" text NOT NULL,
	"prefix" text NOT NULL,
	"hash" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"last_used_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "keys_prefix_unique" UNIQUE("prefix"),
	CONSTRAINT "keys_hash_unique" UNIQUE("hash"),
	CONSTRAINT "keys_name_filled" CHECK ("keys"."name" <> '' and "keys"."name" = btrim("keys"."name")),
	CONSTRAINT "keys_role_known" CHECK ("keys"."role" in ('reader', 'editor', 'admin')),
	CONSTRAINT "keys_prefix_form" CHECK ("keys"."prefix" ~ '^ent_[0-9a-z]{8}$'),
	CONSTRAINT "keys_hash_form" CHECK ("keys"."hash" ~ '^[0-9a-f]{64}$')
);
